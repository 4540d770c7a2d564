import { Control } from '../../webassembly/src/control';
import { Family } from '../../webassembly/src/network-codes';
import { Field, Op } from '../src/fused/fields';
import { backwardDynamical } from './dynamical-backward';
import { forwardDynamical } from './dynamical-forward';
import { backwardGRU, forwardGRU } from './gru';
import { scatterTokens } from './input';
import { field, from, job, selectSteps, selectTask, setControl } from './job';
import { backwardLSTM, forwardLSTM } from './lstm';
import { madd, sigmoid4, tanh4 } from './math';

export { pack, tile1, tile2, tile3, tile4, tile5, tile6 } from './gemm';

/** Takes tasks of the current job until none is left. Which thread takes which has no effect on any number. */
export function work(control: usize): void {
  setControl(control);
  const pointer = <usize>load<u32>(control + (Control.job << 2));
  const next = control + (Control.nextTask << 2);
  const count = load<u32>(pointer + (Field.count << 2));
  for (;;) {
    const index = atomic.add<u32>(next, 1);
    if (index >= count) return;
    selectTask(pointer, index);
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

/** tanh of `count` floats (a multiple of 4) in place; for tests. */
export function tanhInPlace(p: usize, count: usize): void {
  for (const end = p + (count << 2); p < end; p += 16) v128.store(p, tanh4(v128.load(p)));
}

/** The logistic function of `count` floats (a multiple of 4) in place; for tests. */
export function sigmoidInPlace(p: usize, count: usize): void {
  for (const end = p + (count << 2); p < end; p += 16) v128.store(p, sigmoid4(v128.load(p)));
}

/** 12 independent chains of `rounds` multiply-adds of 4 lanes: the most that this machine's SIMD does, for benchmarks. */
export function multiplyAdd(rounds: u32, p: usize): void {
  const x = v128.load(p);
  const y = v128.load(p, 16);
  let c0 = x,
    c1 = y,
    c2 = x,
    c3 = y,
    c4 = x,
    c5 = y,
    c6 = x,
    c7 = y,
    c8 = x,
    c9 = y,
    ca = x,
    cb = y;
  for (let i: u32 = 0; i < rounds; ++i) {
    c0 = madd(c0, x, y);
    c1 = madd(c1, x, y);
    c2 = madd(c2, x, y);
    c3 = madd(c3, x, y);
    c4 = madd(c4, x, y);
    c5 = madd(c5, x, y);
    c6 = madd(c6, x, y);
    c7 = madd(c7, x, y);
    c8 = madd(c8, x, y);
    c9 = madd(c9, x, y);
    ca = madd(ca, x, y);
    cb = madd(cb, x, y);
  }
  let sum = f32x4.add(
    f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)),
    f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)),
  );
  sum = f32x4.add(sum, f32x4.add(f32x4.add(c8, c9), f32x4.add(ca, cb)));
  v128.store(p, sum, 32);
}
