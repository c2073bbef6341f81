// Jobs a second of a job queue: node queue.mjs graphile-worker|bullmq WHERE JOBS
// WHERE is a libpq connection string, or the path of Redis' socket. The last line printed is the figure.
import { createRequire } from "node:module";

const [queue, where, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const require = createRequire(new URL("../../../build/peers/", import.meta.url));

function load(name) {
  try {
    return require(name);
  } catch {
    console.log(`${name} is not installed below build/peers`);
    process.exit(1);
  }
}

// Each job writes one row, as a missed duty writes one alert.
async function graphileWorker() {
  const { run, makeWorkerUtils } = load("graphile-worker");
  const { Pool } = load("pg");
  const option = Object.fromEntries(where.split(" ").map((pair) => pair.split("=")));
  const pgPool = new Pool({ host: option.host, port: Number(option.port), database: option.dbname, user: where.match(/.*user=(\S+)/)[1], max: 12 });
  const logger = new (load("graphile-worker").Logger)(() => () => {});
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  await pgPool.query("CREATE TABLE IF NOT EXISTS peer.effect (id bigint PRIMARY KEY, payload text NOT NULL); TRUNCATE peer.effect");
  await pgPool.query("SELECT graphile_worker.add_job('effect', json_build_object('id', n, 'payload', repeat('x', 200))) FROM generate_series(1, $1::int) n", [count]);
  let left = count;
  let finished;
  const all = new Promise((resolve) => (finished = resolve));
  const begin = performance.now();
  const runner = await run({
    pgPool, logger, concurrency: 8, noHandleSignals: true,
    taskList: {
      effect: async (job, helpers) => {
        await helpers.query("INSERT INTO peer.effect VALUES ($1, $2)", [job.id, job.payload]);
        if (--left === 0) finished();
      },
    },
  });
  await all;
  const seconds = (performance.now() - begin) / 1000;
  await runner.stop();
  await utils.release();
  await pgPool.end();
  return count / seconds;
}

// Nothing is written beside what the queue itself keeps in memory.
async function bullmq() {
  const { Queue, Worker } = load("bullmq");
  const connection = { path: where, maxRetriesPerRequest: null };
  const jobs = new Queue("peer", { connection });
  for (let at = 0; at < count; at += 1000) {
    const some = Array.from({ length: Math.min(1000, count - at) }, (_, i) => ({ name: "job", data: { id: at + i, payload: "x".repeat(200) }, opts: { removeOnComplete: true } }));
    await jobs.addBulk(some);
  }
  let left = count;
  let finished;
  const all = new Promise((resolve) => (finished = resolve));
  const begin = performance.now();
  const worker = new Worker("peer", async () => { if (--left === 0) finished(); }, { connection, concurrency: 100 });
  await all;
  const seconds = (performance.now() - begin) / 1000;
  await worker.close();
  await jobs.close();
  return count / seconds;
}

console.error = console.warn = () => {};
const perSecond = await (queue === "bullmq" ? bullmq() : graphileWorker());
console.log(perSecond.toFixed(1));
process.exit(0);
