import { MONTH_HOURS, PRICES, type PriceName } from './prices.ts';

/** A quantity of one priced unit; a unit with an hourly price runs the whole month. */
export interface CostLine {
  part: string;
  price: PriceName;
  quantity: number;
  /** The assumption behind a quantity that the template does not determine. */
  assumed?: string;
}

export function monthlyDollars({ price, quantity }: CostLine): number {
  return PRICES[price] * quantity * (price.endsWith(' hour') ? MONTH_HOURS : 1);
}

/** Returns the sum of the amounts, each rounded to cents, as in the printed table. */
export function sumDollars(amounts: readonly number[]): number {
  return amounts.reduce((cents, dollars) => cents + Math.round(dollars * 100), 0) / 100;
}
