import { Repeater } from '@repeaterjs/repeater';
import type { WebSocket } from 'ws';
import type { SharedExecution } from '../shared-execution.ts';
import type { SubscriptionEvent } from '../subscription-event.ts';

/**
 * Sends the events of a shared execution as graphql-transport-ws messages: one JSON text, wrapped with each
 * client's operation id. Holds at most one unread event, the latest.
 *
 * The result yields no events, so graphql-ws sends none. graphql-ws sends `complete` when the result ends. The
 * result ends when the client unsubscribes.
 */
export function sendSharedFrames(socket: WebSocket, id: string, execution: SharedExecution): Repeater<never> {
  return new Repeater<never>(async (_push, stop) => {
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    let pending: SubscriptionEvent | undefined;
    let isSending = false;
    let isComplete = false;
    const flush = () => {
      if (isSending) return;
      if (pending === undefined) {
        if (isComplete) stop();
        return;
      }
      isSending = true;
      const frame = `${head}${pending.json}}`;
      pending = undefined;
      // The callback runs once the system has accepted the frame. An error also closes the socket, and
      // graphql-ws handles the close.
      socket.send(frame, () => {
        isSending = false;
        flush();
      });
    };
    const unsubscribe = execution.subscribe({
      next(event) {
        pending = event;
        flush();
      },
      complete() {
        isComplete = true;
        flush();
      },
    });
    await stop;
    unsubscribe();
  });
}
