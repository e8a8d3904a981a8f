return finish(0)
