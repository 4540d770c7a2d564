#!/usr/bin/env node
import '@hurwitz/kernels-native';
import { Interrupted } from '@hurwitz/training';
import { makeProgram } from './cli.js';
import { failureText } from './failures/failure-text.js';

function fail(error: unknown): void {
  console.error(`\n${failureText(error)}`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
}

// What is thrown outside the command's own chain of calls, such as by a stream, ends the process too.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

await makeProgram().parseAsync().catch(fail);
