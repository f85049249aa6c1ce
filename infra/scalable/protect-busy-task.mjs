// Runs beside a worker on ECS: while the worker encodes, no scale-in and no deployment stops its task.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
const { ECS_AGENT_URI, WORKER_HEALTH_URL, POLL_SECONDS } = process.env;
const EXPIRES_MINUTES = 30;
const RENEW_MILLISECONDS = 10 * 60_000;

let isProtected;
let renewAt = 0;

async function look() {
  const answer = await fetch(WORKER_HEALTH_URL, { signal: AbortSignal.timeout(10_000) });
  const { running } = await answer.json();
  if (!Number.isInteger(running)) throw new Error(`The worker does not say what it runs (${answer.status})`);
  const isBusy = running > 0;
  if (isBusy === isProtected && !(isBusy && Date.now() >= renewAt)) return;
  const response = await fetch(`${ECS_AGENT_URI}/task-protection/v1/state`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ProtectionEnabled: isBusy,
      ...(isBusy && { ExpiresInMinutes: EXPIRES_MINUTES }),
    }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`ECS answered ${response.status}: ${await response.text()}`);
  isProtected = isBusy;
  renewAt = Date.now() + RENEW_MILLISECONDS;
  process.stdout.write(`${JSON.stringify({ msg: 'task protection', protected: isBusy, running })}\n`);
}

for (;;) {
  // Without an answer the protection stays as it is, until it expires.
  await look().catch(error =>
    process.stderr.write(`${JSON.stringify({ msg: 'not looked after', error: error.message })}
`),
  );
  await new Promise(resolve => setTimeout(resolve, Number(POLL_SECONDS) * 1000));
}
