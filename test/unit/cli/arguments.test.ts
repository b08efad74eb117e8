import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { siteFrom } from '../../../src/cli/member-arguments.ts';
import { nodeProblem } from '../../../src/cli/node-version.ts';
import { embedSnippet } from '../../../src/cli/site-commands.ts';

describe('the command line refuses old Nodes', () => {
  for (const version of ['18.20.0', '20.20.2', '22.23.3', '23.11.0']) {
    it(`${version}, in one line`, () => {
      assert.equal(nodeProblem(version), `townring needs Node 24 or newer; this is Node ${version}`);
    });
  }
  for (const version of ['24.0.0', '24.21.0', '25.1.0', '100.0.0']) {
    it(`and takes ${version}`, () => assert.equal(nodeProblem(version), undefined));
  }
});

describe('a site on the command line', () => {
  it('is an id, a name and an entry page', () => {
    assert.deepEqual(siteFrom('moss,Moss & Ink,https://moss.example/'), {
      id: 'moss',
      name: 'Moss & Ink',
      entry: 'https://moss.example/',
    });
  });

  it('may have commas in its name and in its URL', () => {
    assert.deepEqual(siteFrom('a,Bread, Butter,https://a.example/x,y,https://z'), {
      id: 'a',
      name: 'Bread, Butter',
      entry: 'https://a.example/x,y,https://z',
    });
  });

  for (const text of ['', 'moss', 'moss,Moss', 'moss,https://moss.example/', 'moss,Moss,moss.example', ',,']) {
    it(`${JSON.stringify(text)} is none`, () => assert.throws(() => siteFrom(text), /ID,NAME,URL/));
  }
});

describe('the snippet for a page', () => {
  it('is the script and the element, with plain links when the site is in a ring', () => {
    assert.equal(
      embedSnippet('https://square.example', { key: 'site_abc', ringSite: 'moss' }),
      '<script type="module" src="https://square.example/townring.js"></script>\n' +
        '<town-square href="https://square.example" site="site_abc">' +
        '<a href="https://square.example/ring/prev?from=moss">previous site</a> ' +
        '<a href="https://square.example/ring/next?from=moss">next site</a></town-square>',
    );
  });

  it('has no links when it is in none', () => {
    assert.match(embedSnippet('https://s.example', { key: 'k', ringSite: null }), /site="k"><\/town-square>$/);
  });
});
