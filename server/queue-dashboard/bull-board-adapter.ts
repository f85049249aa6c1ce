import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  AppControllerRoute,
  AppViewRoute,
  BullBoardQueues,
  IServerAdapter,
  UIConfig,
} from '@bull-board/api/typings/app';

/**
 * Connects bull-board to this server. Registers only bull-board's routes for GET.
 */
export class BullBoardAdapter implements IServerAdapter {
  staticDir = '';
  #queues: BullBoardQueues = new Map();
  #viewsDir = '';
  #config: UIConfig = {};
  #pagePatterns: URLPattern[] = [];
  #entryRoute: AppViewRoute | undefined;
  #routes: { pattern: URLPattern; handler: AppControllerRoute['handler'] }[] = [];

  setQueues(queues: BullBoardQueues): this {
    this.#queues = queues;
    return this;
  }

  setViewsPath(dir: string): this {
    this.#viewsDir = dir;
    return this;
  }

  setStaticPath(_route: string, dir: string): this {
    this.staticDir = dir;
    return this;
  }

  setUIConfig(config: UIConfig): this {
    this.#config = config;
    return this;
  }

  setEntryRoute(entry: AppViewRoute): this {
    this.#entryRoute = entry;
    this.#pagePatterns = toPatterns(entry.route);
    return this;
  }

  /** Ignored: this server masks and logs an error of a handler like every other error. */
  setErrorHandler(): this {
    return this;
  }

  setApiRoutes(routes: AppControllerRoute[]): this {
    const readRoutes = routes.filter(({ method }) => [method].flat().includes('get'));
    this.#routes = readRoutes.flatMap(({ route, handler }) =>
      toPatterns(route).map(pattern => ({ pattern, handler })),
    );
    return this;
  }

  /** Returns whether a path is a view of the page. */
  isPage(path: string): boolean {
    return this.#pagePatterns.some(pattern => pattern.test({ pathname: path }));
  }

  /** Renders the single page; in the browser the page selects its view by the URL. */
  async render(basePath: string): Promise<string> {
    if (this.#entryRoute === undefined) throw new Error('bull-board has no entry route');
    const { name, params } = this.#entryRoute.handler({ basePath, uiConfig: this.#config });
    const template = await readFile(join(this.#viewsDir, name), 'utf8');
    return (
      template
        // Its fonts come from another origin; without the link the browser uses system fonts.
        .replace(/<link href="https:[^>]*>/g, '')
        // All values come from this server or bull-board and are safe in HTML.
        .replace(/<%[=-] (\w+) %>/g, (_, parameter: string) => params[parameter] ?? '')
    );
  }

  /** Returns the response of the route that matches a path; null without such a route. */
  async handle(path: string, query: Record<string, string>) {
    for (const { pattern, handler } of this.#routes) {
      const match = pattern.exec({ pathname: path });
      if (match === null) continue;
      const params = { ...match.pathname.groups };
      return handler({ queues: this.#queues, uiConfig: this.#config, params, query, body: {}, headers: {} });
    }
    return null;
  }
}

function toPatterns(routes: string | string[]): URLPattern[] {
  return [routes].flat().map(pathname => new URLPattern({ pathname }));
}
