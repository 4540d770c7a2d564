import { quote, refuse } from './refusal.js';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Deeper nesting than that of any layer in a layer; what reads the tree afterwards calls itself for each level. */
const deepest = 100;

/** Such a key hides what every object has: an object with one may not even be written as a text. */
const isForbidden = (key: string): boolean => key in Object.prototype || key === 'prototype';

/**
 * The same tree with its keys in tfjs's spelling, `inboundNodes` for `inbound_nodes`, so that a key has one spelling.
 *
 * @throws UserError when it nests too deeply, or a key stands in both spellings, or would name a member of every object, or
 *   a number is not finite.
 */
export function normalised(value: unknown, where: string): Json {
  return copy(value as Json, where, 0);
}

function copy(value: Json, where: string, depth: number): Json {
  if (depth > deepest) refuse(`${where} nests more than ${deepest} levels deep.`);
  if (typeof value === 'number' && !Number.isFinite(value))
    refuse(`${where} has a number that is too large.`);
  if (Array.isArray(value)) return value.map((item) => copy(item, where, depth + 1));
  if (!isObject(value)) return value;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (isForbidden(key)) refuse(`${where} has the key ${quote(key)}, which no model has.`);
    const name = camelCase(key);
    if (Object.hasOwn(result, name)) refuse(`${where} has the key ${quote(name)} in two spellings.`);
    result[name] = copy(item, where, depth + 1);
  }
  return result;
}

/** As tfjs converts Keras' keys. */
function camelCase(key: string): string {
  return key.length <= 1 || !key.includes('_')
    ? key
    : key.replace(/[_]+(\w|$)/g, (_, next) => next.toUpperCase());
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number from 0 on. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A name that may stand as a key beside others. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !(value in Object.prototype);
}
