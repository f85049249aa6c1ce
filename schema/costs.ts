import { PAGE_SIZES, type PageArguments } from './paging.ts';

/** `complexity` of a connection: what is below it is there for each entry of the page. */
export const pageCost = ({ first, last }: PageArguments) =>
  lengthCost(first ?? last ?? PAGE_SIZES.defaultSize);

/** `complexity` of a field with a list of this length in it; what is too long by any rule weighs no more than the longest. */
export const lengthCost = (length: number) => ({
  field: 1,
  multiplier: Math.min(Math.max(length, 1), PAGE_SIZES.maxSize),
});

/** `complexity` of a list whose length was counted further up. */
export const COUNTED_BY_PARENT = { field: 1, multiplier: 1 };

/** `complexity` of a list of all there is of something that grows with the contest. */
export const LONGEST_LIST_COST = lengthCost(PAGE_SIZES.maxSize);

/** `complexity` of a field that gives room in the store for a file that may never be completed. */
export const DIRECT_UPLOAD_COST = 2000;

/** `complexity` of a field that hashes a password, about 15 ms of a core. */
export const PASSWORD_COST = 100;
