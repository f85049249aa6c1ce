import { PAGE_SIZES, type PageArguments } from './paging.ts';

/** `complexity` of a connection: each item of the page repeats the fields below. */
export const getPageCost = ({ first, last }: PageArguments) =>
  getListCost(first ?? last ?? PAGE_SIZES.defaultSize);

/** `complexity` of a field with a list of this length, up to the maximum page size. */
export const getListCost = (length: number) => ({
  field: 1,
  multiplier: Math.min(Math.max(length, 1), PAGE_SIZES.maxSize),
});

/** `complexity` of a list whose length a parent field already counts. */
export const COUNTED_BY_PARENT = { field: 1, multiplier: 1 };

/** `complexity` of a complete list that grows with the contest. */
export const LONGEST_LIST_COST = getListCost(PAGE_SIZES.maxSize);

/** `complexity` of a field that reserves space in the store for a file that may never be submitted. */
export const DIRECT_UPLOAD_COST = 2000;

/** `complexity` of a field that hashes a password, which takes about 15 ms of a core. */
export const PASSWORD_COST = 100;
