import { MONTH_HOURS, PRICES, type PriceName } from './prices.ts';

/** So much of one thing; what is priced by the hour runs the whole month. */
export interface CostLine {
  part: string;
  price: PriceName;
  quantity: number;
  /** What the quantity rests on, where it is not the template's. */
  assumed?: string;
}

export function monthlyDollars({ price, quantity }: CostLine): number {
  return PRICES[price] * quantity * (price.endsWith(' hour') ? MONTH_HOURS : 1);
}

/** Sums whole cents, as a reader of the table would. */
export function sumDollars(amounts: readonly number[]): number {
  return amounts.reduce((cents, dollars) => cents + Math.round(dollars * 100), 0) / 100;
}
