import { Repeater } from '@repeaterjs/repeater';
import type { WebSocket } from 'ws';
import type { SharedExecution } from './shared-execution.ts';
import type { SubscriptionEvent } from './subscription-event.ts';

/**
 * Sends the events of a shared execution as graphql-transport-ws messages, its one JSON around the client's own id. What graphql-ws
 * would send is never yielded; it says that the operation is complete when this ends, and ends this when the client leaves.
 * Holds at most one event that the client has not taken, the newest.
 */
export function sendSharedFrames(socket: WebSocket, id: string, shared: SharedExecution): Repeater<never> {
  return new Repeater<never>(async (_push, stop) => {
    const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    let newest: SubscriptionEvent | undefined;
    let isSending = false;
    let isOver = false;
    const send = () => {
      if (isSending) return;
      if (newest === undefined) {
        if (isOver) stop();
        return;
      }
      isSending = true;
      const frame = `${head}${newest.json}}`;
      newest = undefined;
      // Called once the system has taken it; an error comes with the socket's end, which graphql-ws hears of.
      socket.send(frame, () => {
        isSending = false;
        send();
      });
    };
    const leave = shared.follow({
      next(event) {
        newest = event;
        send();
      },
      complete() {
        isOver = true;
        send();
      },
    });
    await stop;
    leave();
  });
}
