#include <fmt/core.h>
#include <libpq-fe.h>
#include <nats/nats.h>

#include "tests/bench/contacts.h"

namespace tonghu::bench {
namespace {

// The role that may read every service's tables.
absl::StatusOr<std::unique_ptr<postgres::Connection>> Admin(Rig& rig) {
  return postgres::Connection::Open(rig.stack().Conninfo("tonghu_admin"));
}

absl::StatusOr<std::string> CopyOut(postgres::Connection& db, const std::string& table) {
  PGresult* begun = PQexec(db.raw(), fmt::format("COPY {} TO STDOUT (FORMAT binary)", table).c_str());
  const bool ok = PQresultStatus(begun) == PGRES_COPY_OUT;
  PQclear(begun);
  if (!ok) return absl::InternalError(PQerrorMessage(db.raw()));
  std::string data;
  char* piece = nullptr;
  int size;
  while ((size = PQgetCopyData(db.raw(), &piece, 0)) > 0) {
    data.append(piece, size);
    PQfreemem(piece);
  }
  PQclear(PQgetResult(db.raw()));
  return data;
}

absl::Status CopyIn(postgres::Connection& db, const std::string& table, const std::string& data) {
  PQclear(PQexec(db.raw(), fmt::format("COPY {} FROM STDIN (FORMAT binary)", table).c_str()));
  constexpr size_t kPiece = 1 << 16;
  for (size_t at = 0; at < data.size(); at += kPiece) {
    if (PQputCopyData(db.raw(), data.data() + at, static_cast<int>(std::min(kPiece, data.size() - at))) != 1)
      break;
  }
  PQputCopyEnd(db.raw(), nullptr);
  PGresult* end = PQgetResult(db.raw());
  const absl::Status status = PQresultStatus(end) == PGRES_COMMAND_OK
                                  ? absl::OkStatus()
                                  : absl::InternalError(PQerrorMessage(db.raw()));
  PQclear(end);
  PQclear(PQgetResult(db.raw()));
  return status;
}

// A bare loop of asynchronous publishes to a stream of its own.
absl::Status PublishBare(const std::string& url, int messages, int bytes) {
  natsConnection* connection = nullptr;
  jsCtx* js = nullptr;
  jsOptions options;
  jsOptions_Init(&options);
  options.PublishAsync.MaxPending = 4096;
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  const char* subjects[] = {"floor.>"};
  config.Name = "FLOOR";
  config.Subjects = subjects;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  const std::string payload(bytes, 'x');
  natsStatus status = natsConnection_ConnectTo(&connection, url.c_str());
  if (status == NATS_OK) status = natsConnection_JetStream(&js, connection, &options);
  if (status == NATS_OK) status = js_AddStream(nullptr, js, &config, nullptr, nullptr);
  for (int i = 0; status == NATS_OK && i < messages; ++i) {
    jsPubOptions one;
    jsPubOptions_Init(&one);
    const std::string id = fmt::format("f.{}", i);
    one.MsgId = id.c_str();
    one.MaxWait = 5000;
    status = js_PublishAsync(js, "floor.v1.pairing.1.520102.contact_logged", payload.data(), bytes, &one);
  }
  jsPubOptions all;
  jsPubOptions_Init(&all);
  all.MaxWait = 60000;
  if (status == NATS_OK) status = js_PublishAsyncComplete(js, &all);
  if (js != nullptr) js_DeleteStream(js, "FLOOR", nullptr, nullptr);
  jsCtx_Destroy(js);
  natsConnection_Destroy(connection);
  return status == NATS_OK ? absl::OkStatus() : absl::InternalError(natsStatus_GetText(status));
}

}  // namespace

absl::StatusOr<Floor> CopyAndPublish(Rig& rig, const std::vector<std::string>& tables, int messages) {
  auto db = Admin(rig);
  if (!db.ok()) return db.status();
  std::vector<std::string> rows;
  if (absl::Status made = (*db)->Script("DROP SCHEMA IF EXISTS floor CASCADE; CREATE SCHEMA floor");
      !made.ok())
    return made;
  for (size_t i = 0; i < tables.size(); ++i) {
    auto data = CopyOut(**db, tables[i]);
    if (!data.ok()) return data.status();
    rows.push_back(std::move(*data));
    absl::Status made =
        (*db)->Script(fmt::format("CREATE TABLE floor.t{} (LIKE {} INCLUDING INDEXES)", i, tables[i]));
    if (!made.ok()) return made;
  }
  auto size = (*db)->Run("SELECT coalesce(avg(length(payload)), 0)::bigint FROM pairing.journal");
  if (!size.ok()) return size.status();
  const int bytes = static_cast<int>(size->Int(0, 0)) + 90;  // the envelope's part

  const Rig::Cpu before = rig.CpuSoFar();
  const absl::Time begin = absl::Now();
  for (size_t i = 0; i < tables.size(); ++i) {
    if (absl::Status in = CopyIn(**db, fmt::format("floor.t{}", i), rows[i]); !in.ok()) return in;
  }
  if (absl::Status published = PublishBare(rig.stack().Address("nats"), messages, bytes); !published.ok())
    return published;
  const Rig::Cpu after = rig.CpuSoFar();
  // Both ends count: a bare loop has no services.
  const Floor floor{absl::ToDoubleSeconds(absl::Now() - begin),
                    after.Stack() - before.Stack() + after.driver - before.driver};
  if (absl::Status gone = (*db)->Script("DROP SCHEMA floor CASCADE"); !gone.ok()) return gone;
  return floor;
}

}  // namespace tonghu::bench
