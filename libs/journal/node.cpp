#include "libs/journal/node.h"

#include "absl/strings/str_cat.h"
#include "libs/journal/journal_service.h"
#include "libs/journal/migrations.h"
#include "libs/journal/purge.h"
#include "libs/journal/retry.h"
#include "libs/log/log.h"
#include "libs/rpc/peer.h"
#include "libs/status/macros.h"

namespace tonghu::journal {
namespace {

constexpr int kConnections = 20;  // executor 2, consumer 2, relay, sweeper, workers 8, and some air
constexpr int kReserved = 4;      // urgent commands, the look at cursors for waiting calls, leases, the clock
// The bounds below add up to a stop within 5 s, whatever state the servers are in.
constexpr absl::Duration kDrain = absl::Milliseconds(1200);         // commands and queries under way may end
constexpr absl::Duration kLastQuery = absl::Milliseconds(1500);     // nobody waits for PostgreSQL longer, but
constexpr absl::Duration kLastReserved = absl::Milliseconds(2500);  // to give the leases back
constexpr int kMostStreams = 20'000;  // of a connection: the gateway has one, over which everybody watches
constexpr absl::Duration kGrace = absl::Milliseconds(200);  // then calls that still run are cancelled
// Emergencies and leases must not wait a minute for an answer that does not come.
constexpr absl::Duration kReservedAnswer = absl::Seconds(5);
constexpr int kWorkers = 8;
constexpr int kWaiting = 2000;  // queries waiting for a worker

// Writes the layout and the rows of every shard when the schema is new, and gives the number of shards either
// way. A statement does not see the rows that it inserts, hence the two sources. Of replicas that start
// together one makes the rows.
constexpr char kLayout[] = R"sql(
WITH made AS (
  INSERT INTO journal_layout (shards) VALUES ($1) ON CONFLICT DO NOTHING RETURNING shards
), heads AS (
  INSERT INTO journal_head (shard, seq) SELECT n, 0 FROM made, generate_series(0, shards - 1) n
), relays AS (
  INSERT INTO relay_cursor (shard, seq) SELECT n, 0 FROM made, generate_series(0, shards - 1) n
), leases AS (
  INSERT INTO lease (shard) SELECT n FROM made, generate_series(0, shards - 1) n
)
SELECT shards::bigint FROM made UNION ALL SELECT shards::bigint FROM journal_layout)sql";

// A new consumer begins at 0, so that it applies each producer's journal from the first event on.
constexpr char kCursors[] = R"sql(
INSERT INTO journal_cursor (producer, shard, seq)
SELECT p, shard, 0 FROM unnest($1) p, journal_head ON CONFLICT DO NOTHING)sql";

}  // namespace

absl::StatusOr<std::unique_ptr<Node>> Node::Open(const process::Settings& settings,
                                                 const std::vector<postgres::MigrationSet>& migrations) {
  std::unique_ptr<Node> node(new Node(settings));
  ASSIGN_OR_RETURN(auto clock, clock::Make(settings.clock));
  node->clock_ = std::move(clock);
  if (!settings.insecure) {
    ASSIGN_OR_RETURN(node->tls_, rpc::Tls::Open({settings.tls_ca, settings.tls_certificate}));
  }
  node->pool_ = std::make_unique<postgres::Pool>(node->Conninfo(), kConnections);
  // The machine's servers start in any order, so an absent PostgreSQL is waited for.
  RETURN_IF_ERROR(RetryTransient(absl::Seconds(30), [&] { return node->Prepare(migrations); }));
  ASSIGN_OR_RETURN(auto bus,
                   // Opens while the bus is down as well: consumers then read the journals.
                   jetstream::Connection::Open({.url = settings.nats_url, .name = settings.replica}));
  node->bus_ = std::move(bus);
  node->Compose();
  return node;
}

// The replica's name is the application_name, so that an operator sees in pg_stat_activity whose session is
// whose.
std::string Node::Conninfo() const {
  return absl::StrCat(settings_.postgres, " application_name=", settings_.replica);
}

void Node::Compose() {
  // In this order, as each part uses earlier ones.
  reserve_ = std::make_unique<postgres::Pool>(Conninfo(), kReserved, kReservedAnswer);
  consistency_gate_ = std::make_unique<ConsistencyGate>(
      ConsistencyGate::Options{.service = settings_.service, .shards = settings_.shards}, *pool_, *reserve_);
  clock_watch_ = std::make_unique<ClockWatch>(ClockWatch::Options{}, *reserve_, *clock_, metrics_);
  workers_ = std::make_unique<rpc::Workers>(kWorkers, kWaiting);
  if (!settings_.identity_keys.empty())
    verifier_ = std::make_unique<principal::Verifier>(settings_.identity_keys, settings_.service);
  pipeline_ = std::make_unique<rpc::Pipeline>(
      rpc::Pipeline::Options{.service = settings_.service,
                             .shards = settings_.shards,
                             .identify =
                                 [this](const grpc::ServerContextBase& context) {
                                   return rpc::Identify(rpc::PeerName(context), context, verifier_.get(),
                                                        machine_.Now());
                                 }},
      rpc::Pipeline::Parts{metrics_, *workers_, consistency_gate_.get()});
  executor_ = std::make_unique<CommandExecutor>(
      CommandExecutor::Options{
          .service = settings_.service,
          .queue = {.shards = settings_.shards},
          .admit = [this] { return Admit(); },
          .left = &metrics_.Counter("tonghu_commands_left_total",
                                    "Commands not decided because their callers had left")},
      CommandExecutor::Parts{*pool_, *reserve_, *clock_, ids_},
      [this](int shard, std::vector<Run> runs) { AfterCommit(shard, std::move(runs)); });
  file_reads_ = std::make_unique<FileReads>(*executor_);
}

Node::~Node() = default;

std::unique_ptr<Service> Node::Offer(const std::string& api) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(api);
  return std::make_unique<Service>(*descriptor, Service::Parts{*pipeline_, *executor_, *pool_, *clock_});
}

absl::Status Node::Prepare(const std::vector<postgres::MigrationSet>& migrations) {
  ASSIGN_OR_RETURN(auto connection, pool_->Acquire(absl::Seconds(1)));
  absl::Status done = postgres::Migrate(*connection, Migrations());
  for (const postgres::MigrationSet& set : migrations) {
    if (done.ok()) done = postgres::Migrate(*connection, set);
  }
  if (!done.ok()) return done;
  const postgres::Params shards = postgres::Params().Int(settings_.shards);
  ASSIGN_OR_RETURN(auto layout, connection->Run(kLayout, shards));
  // No row: another replica has written the layout while this statement ran, and the next one sees it.
  if (layout.rows() == 0) {
    ASSIGN_OR_RETURN(layout, connection->Run(kLayout, shards));
  }
  if (layout.Int(0, 0) != settings_.shards) {
    return absl::FailedPreconditionError(absl::StrCat("settings: shards is ", settings_.shards,
                                                      ", but this province was created with ",
                                                      layout.Int(0, 0), "; it can't change"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Node::Peer(const std::string& service) const {
  const auto found = settings_.peers.find(service);
  if (found == settings_.peers.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("settings: peers.", service, " is missing: the gRPC address of ", service));
  }
  return rpc::Dial(found->second, {.tls = tls_, .service = service});
}

absl::StatusOr<std::vector<Consumer::Producer>> Node::Producers(const std::vector<std::string>& names) const {
  std::vector<Consumer::Producer> producers;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(auto channel, Peer(name));
    producers.push_back({name, v1::JournalService::NewStub(channel)});
  }
  return producers;
}

void Node::AfterCommit(int shard, std::vector<Run> runs) {
  consistency_gate_->Wake();
  std::function<void(int)> on_commit;
  {
    absl::MutexLock lock(&mutex_);
    // Under the lock, so that a stop does not destroy the relay or the sweeper in the middle of a call.
    if (relay_ != nullptr) relay_->HandOver(shard, std::move(runs));
    if (sweeper_ != nullptr) TouchAfter(shard);
    on_commit = on_commit_;
  }
  // Outside the lock: what the service does on a commit may take locks of its own.
  if (on_commit) on_commit(shard);
}

void Node::TouchAfter(int shard) {
  if (shard != ids::ShardOf(kNoCounty, settings_.shards)) return sweeper_->Touch(shard);
  // What concerns no county, such as a policy of the province, brings deadlines on every shard.
  for (int one = 0; one < settings_.shards; ++one) sweeper_->Touch(one);
}

// Publishes the notice in the county that is none, since a clock concerns every county. Not by the executor,
// which refuses commands just then. The event's time is the database's, so the wrong clock does not show
// there.
absl::Status Node::TellOfClock(const Notify& notify, const std::string& why) {
  OperatorNotice notice;
  notice.set_matter(v1::OPERATOR_MATTER_CLOCK);
  notice.set_over(why.empty());
  notice.set_service(settings_.service);
  notice.set_replica(settings_.replica);
  notice.set_detail(why);
  const int shard = executor_->ShardOf(kNoCounty);
  ASSIGN_OR_RETURN(auto connection, reserve_->Acquire(absl::Seconds(1)));
  ASSIGN_OR_RETURN(auto transaction, ShardTransaction::Begin(*connection, shard, *clock_));
  RETURN_IF_ERROR(notify(transaction, kNoCounty, notice));
  RETURN_IF_ERROR(transaction.Commit());
  AfterCommit(shard, transaction.TakeRuns());
  return absl::OkStatus();
}

absl::Status Node::Serve(Work work) {
  ASSIGN_OR_RETURN(auto producers, Producers(work.producers));
  // The rows of the cursors come before the consumer: an UPDATE that finds no row looks as if another replica
  // had applied the events.
  RETURN_IF_ERROR(RetryTransient(absl::Seconds(30), [&] {
    auto connection = pool_->Acquire(absl::Seconds(1));
    return connection.ok() ? (*connection)->Run(kCursors, postgres::Params().Texts(work.producers)).status()
                           : connection.status();
  }));
  pipeline_->Use(work.places, file_reads_.get());
  const auto committed = [this](int shard, std::vector<Run> runs) { AfterCommit(shard, std::move(runs)); };
  // Every service keeps answers to repeated requests, so every service purges them.
  work.sweeps.push_back(PurgeRequests());
  ConsistencyGate::Producers producers_heard;
  for (const Consumer::Producer& producer : producers) producers_heard[producer.name] = producer.journal;
  consistency_gate_->Follow(std::move(producers_heard));

  const Quarantine quarantine({.service = settings_.service,
                               .producers = work.producers,
                               .handler = work.handler,
                               .notify = work.notify});
  Leases leases({.replica = settings_.replica, .shards = settings_.shards, .stands = clock_watch_->trusted()},
                *reserve_);
  Relay relay({.service = settings_.service}, *pool_, *bus_, leases);
  // From here on commits are handed over; the relay reads the earlier ones from the journal.
  {
    absl::MutexLock lock(&mutex_);
    relay_ = &relay;
    on_commit_ = work.committed;
  }
  Consumer consumer({.service = settings_.service, .wants = work.wants, .producers = std::move(producers)},
                    {*pool_, *bus_, leases, *clock_, quarantine, metrics_}, work.handler, committed);
  Sweeper sweeper({}, *pool_, leases, *clock_, std::move(work.sweeps), committed);
  {
    absl::MutexLock lock(&mutex_);
    sweeper_ = &sweeper;
  }
  const JournalService journal({settings_.service, settings_.replica, settings_.shards, *clock_, *executor_,
                                leases, sweeper, quarantine, *clock_watch_,
                                [this] { return bus_->connected(); }, tls_});
  const auto journal_api = Offer<v1::JournalService>();
  journal.AddTo(*journal_api);
  work.services.push_back(journal_api.get());

  absl::Status outcome;
  auto exposer = metrics::Exposer::Start(settings_.admin_listen, metrics_);
  auto server = rpc::Server::Start({.listen = settings_.listen,
                                    .reflection = settings_.reflection,
                                    .max_concurrent_streams = kMostStreams,
                                    .tls = tls_},
                                   work.services);
  if (!exposer.ok()) outcome = exposer.status();
  if (!server.ok()) outcome = server.status();
  // Last, as the listeners use the leases and the server.
  clock_watch_->Start({.stand =
                           [&](bool trusted) {
                             leases.Stand(trusted);
                             if (server.ok()) (*server)->Serve(trusted);
                           },
                       .tell = [&](const std::string& why) { return TellOfClock(work.notify, why); }});
  if (outcome.ok()) {
    process::ReadyFile ready(settings_.ready_file);
    spdlog::info("serving at {}", settings_.listen);
    stop_.Wait();
    spdlog::info("stopping");
  }
  // From here on no wait for PostgreSQL outlasts its bound, so that each step below ends.
  pool_->Close(kLastQuery);
  reserve_->Close(kLastReserved);
  work.stopping();
  // The bus closes before its users stop: a subscription given back to a bus that is going away takes long.
  bus_->Close();
  // These stop beside the drain, since each may wait for a server until the pools' bounds.
  std::thread background([&] {
    clock_watch_->Stop();
    if (exposer.ok()) exposer->reset();  // takes a second by itself
    sweeper.Stop();
    consumer.Stop();
  });
  // Waiting calls end first, then commands: the server then has little left to wait for.
  consistency_gate_->Stop();
  file_reads_->Stop();
  executor_->Drain(kDrain);
  if (server.ok()) (*server)->Stop(kGrace);
  // After the server: the executor's threads may wait for a statement until the pools' bounds, and callers
  // need not wait for them.
  executor_->Stop();
  background.join();
  {
    absl::MutexLock lock(&mutex_);
    relay_ = nullptr;
    sweeper_ = nullptr;
    on_commit_ = nullptr;
  }
  // The relay goes late: it hands on what the executor has just committed. The leases go last, so that nobody
  // else works a shard while this replica still does.
  relay.Stop();
  leases.Stop();
  return outcome;
}

}  // namespace tonghu::journal
