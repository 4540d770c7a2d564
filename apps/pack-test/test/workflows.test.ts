import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './workspace.js';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

interface Job {
  permissions?: Record<string, string>;
  needs?: string | string[];
  steps: Step[];
}

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = join(root, '.github', 'workflows');
const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  return { name, text, workflow: parse(text) as Workflow };
});
const releaseJobs = workflows.find(({ name }) => name === 'release.yml')!.workflow.jobs;
const commands = ({ steps }: Job): string => steps.map(({ run = '' }) => run).join('\n');

describe.each(workflows)('$name', ({ text, workflow }) => {
  it('pins every action to a commit, and says which version that is', () => {
    const uses = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('gives no job more than its work needs: nothing is written where tests run', () => {
    const granted = (job: Job) => job.permissions ?? workflow.permissions ?? { all: 'write' };
    for (const [name, job] of Object.entries(workflow.jobs)) {
      const writes = Object.entries(granted(job)).filter(([, right]) => right !== 'read');
      if (/\.ci\/run|npm (run )?test/.test(commands(job))) expect([name, writes]).toEqual([name, []]);
    }
    for (const right of Object.values(workflow.permissions ?? {})) expect(right).toBe('read');
  });

  it('leaves the token in no checkout but that which pushes', () => {
    for (const job of Object.values(workflow.jobs)) {
      const pushes = commands(job).includes('git push');
      for (const step of job.steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))) {
        expect(step.with?.['persist-credentials']).toBe(pushes ? undefined : false);
      }
    }
  });
});

describe('release.yml', () => {
  it('asks for an identity in the job that publishes, and there alone', () => {
    for (const [name, { permissions }] of Object.entries(releaseJobs)) {
      expect([name, permissions?.['id-token']]).toEqual([name, name === 'publish' ? 'write' : undefined]);
    }
    expect(releaseJobs.publish!.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(commands(releaseJobs.publish!)).toContain('npx pnpm run release');
  });

  it('publishes without a token, by an npm that can (11.5.1 or later), with provenance', () => {
    const { steps } = releaseJobs.publish!;
    expect(JSON.stringify(steps)).not.toMatch(/secrets\.|NODE_AUTH_TOKEN|registry-url/);
    const [, major, minor, patch] = /npm@(\d+)\.(\d+)\.(\d+)/
      .exec(commands(releaseJobs.publish!))!
      .map(Number);
    expect(major! * 1e6 + minor! * 1e3 + patch!).toBeGreaterThanOrEqual(11_005_001);
    expect(steps.at(-1)!.env).toEqual({ NPM_CONFIG_PROVENANCE: 'true' });
  });

  it('lets nothing be versioned or published before the tests have passed', () => {
    expect([releaseJobs.version!.needs, releaseJobs.publish!.needs, releaseJobs.tag!.needs]).toEqual([
      'test',
      'version',
      'publish',
    ]);
  });
});
