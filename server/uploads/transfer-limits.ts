import type { IncomingMessage } from 'node:http';
import { payloadTooLarge, requestTimeout } from './body-errors.ts';

interface TransferLimits {
  /** Limit of the whole body. */
  maxBytes: number;
  /** Longest silence of the client while the server is ready to read. */
  idleSeconds: number;
  /** Lowest average rate within each `idleSeconds` without back-pressure. */
  minBytesPerSecond: number;
}

type Fail = (error: Error) => void;
type Stop = () => void;

/**
 * Calls `fail` when the client stalls, sends too slowly or sends more than `maxBytes`. Ends with the body.
 * Returns a function that ends earlier.
 */
export function limitTransfer(request: IncomingMessage, limits: TransferLimits, fail: Fail): Stop {
  const stops = [
    limitIdleTime(request, limits, fail),
    limitRate(request, limits, fail),
    limitSize(request, limits, fail),
  ];
  const stop = () => {
    for (const stopOne of stops) stopOne();
  };
  request.once('end', stop);
  return stop;
}

function limitIdleTime(request: IncomingMessage, { idleSeconds }: TransferLimits, fail: Fail): Stop {
  const idleTimer = setTimeout(() => {
    // Back-pressure has paused the request: the server is slow, not the client.
    if (request.isPaused()) idleTimer.refresh();
    else fail(requestTimeout());
  }, idleSeconds * 1000);
  const restart = () => idleTimer.refresh();
  request.on('data', restart);
  return () => {
    clearTimeout(idleTimer);
    request.off('data', restart);
  };
}

function limitRate(request: IncomingMessage, limits: TransferLimits, fail: Fail): Stop {
  const minBytes = limits.minBytesPerSecond * limits.idleSeconds;
  let receivedBytes = 0;
  let hasPaused = false;
  const rateTimer = setInterval(() => {
    if (receivedBytes < minBytes && !hasPaused && !request.isPaused()) fail(requestTimeout());
    receivedBytes = 0;
    hasPaused = false;
  }, limits.idleSeconds * 1000);
  const count = (chunk: Buffer) => {
    receivedBytes += chunk.length;
  };
  const recordPause = () => {
    hasPaused = true;
  };
  request.on('data', count).on('pause', recordPause);
  return () => {
    clearInterval(rateTimer);
    request.off('data', count).off('pause', recordPause);
  };
}

function limitSize(request: IncomingMessage, { maxBytes }: TransferLimits, fail: Fail): Stop {
  let receivedBytes = 0;
  const count = (chunk: Buffer) => {
    receivedBytes += chunk.length;
    if (receivedBytes > maxBytes) fail(payloadTooLarge('the padding exceeds the limits of its parts'));
  };
  request.on('data', count);
  return () => request.off('data', count);
}
