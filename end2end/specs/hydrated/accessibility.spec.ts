// The checks of axe on every page, in both themes.
import AxeBuilder from "@axe-core/playwright";

import { expect, reading as test, test as anonymous } from "../../support/fixtures.ts";
import { pages } from "../../support/library.ts";
import type { User } from "../../support/user.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

async function complaints(user: User): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: user.page }).withTags(RULES).analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${violation.help}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`),
  );
}

for (const theme of ["dark", "light"]) {
  test(`every page is accessible in the ${theme} theme`, async ({ user, context, server, library }) => {
    test.setTimeout(180_000);
    await context.addCookies([{ name: "theme", value: theme, url: server.origin }]);
    for (const { path } of pages(library)) {
      await test.step(path, async () => {
        await user.open(path);
        expect.soft(await complaints(user), `${path} in the ${theme} theme`).toEqual([]);
      });
    }
  });

  anonymous(`the door is accessible in the ${theme} theme`, async ({ user, context, server }) => {
    await context.addCookies([{ name: "theme", value: theme, url: server.origin }]);
    await user.open("/signin");
    expect(await complaints(user)).toEqual([]);
  });
}
