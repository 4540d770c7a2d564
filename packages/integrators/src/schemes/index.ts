import { bogackiShampine } from './bogacki-shampine.js';
import { cashKarp } from './cash-karp.js';
import { dormandPrince } from './dormand-prince.js';
import { euler } from './euler.js';
import { heun } from './heun.js';
import { kutta3 } from './kutta3.js';
import { midpoint } from './midpoint.js';
import { ralston } from './ralston.js';
import { rk4 } from './rk4.js';
import { ssprk3 } from './ssprk3.js';
import { threeEighths } from './three-eighths.js';

/** Every scheme of this package by name, from the lowest order. */
export const tableaux = Object.freeze({
  euler,
  midpoint,
  heun,
  ralston,
  kutta3,
  ssprk3,
  bogackiShampine,
  rk4,
  threeEighths,
  cashKarp,
  dormandPrince,
});

/** The name of a scheme of this package. */
export type SchemeName = keyof typeof tableaux;

export {
  bogackiShampine,
  cashKarp,
  dormandPrince,
  euler,
  heun,
  kutta3,
  midpoint,
  ralston,
  rk4,
  ssprk3,
  threeEighths,
};
