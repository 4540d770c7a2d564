import { Family } from '../../src/codes';
import { Field, Op } from '../../src/recurrence/fields';
import { backwardDynamical } from './dynamical-backward';
import { forwardDynamical } from './dynamical-forward';
import { backwardGRU, forwardGRU } from './gru';
import { scatterTokens } from './input';
import { nextTask } from '../shared/job';
import { field, from, selectSteps, selectTask } from './job';
import { backwardLSTM, forwardLSTM } from './lstm';

/** Takes tasks of the current job until none is left. */
export function workOnRecurrence(): void {
  const count = field(Field.count);
  for (let index = nextTask(); index < count; index = nextTask()) {
    selectTask(index);
    runTask(index);
  }
}

function runTask(index: usize): void {
  const op = <i32>field(Field.op);
  const family = <i32>field(Field.family);
  if (op == Op.forward) {
    if (family == Family.dynamical) forwardDynamical();
    else if (family == Family.lstm) forwardLSTM();
    else forwardGRU();
  } else if (op == Op.backward) {
    backward(family);
  } else if (op == Op.scatter) {
    scatterTokens(index, field(Field.count));
  } else {
    reduce(index, field(Field.count));
  }
}

/** Back through the job's segments, the last one first. */
function backward(family: i32): void {
  const first = field(Field.from);
  const segment = field(Field.segmentSteps);
  for (let end = field(Field.to); end > first; end = from) {
    selectSteps(segment == 0 ? first : ((end - 1) / segment) * segment, end);
    if (family == Family.dynamical) backwardDynamical();
    else if (family == Family.lstm) backwardLSTM();
    else backwardGRU();
  }
}

/** Sums the tasks' blocks of gradients in the order of the tasks; part `index` takes its own share of each block. */
function reduce(index: usize, parts: usize): void {
  const vectors = field(Field.gradsTask) >> 4;
  const from = ((vectors * index) / parts) << 4;
  const to = ((vectors * (index + 1)) / parts) << 4;
  const stride = field(Field.gradsTask);
  const blocks = field(Field.tasks);
  const target = field(Field.grads);
  for (let at = from; at < to; at += 16) {
    let sum = v128.load(target + at);
    for (let block: usize = 1; block < blocks; ++block) {
      sum = f32x4.add(sum, v128.load(target + block * stride + at));
    }
    v128.store(target + at, sum);
  }
}
