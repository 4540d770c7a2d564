#!/usr/bin/env node
import { makeProgram } from './cli.js';
import { Interrupted, UserError } from './errors.js';

try {
  await makeProgram().parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}
