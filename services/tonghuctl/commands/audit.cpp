// tonghuctl audit: whether the journals, which are the audit, are as they were written.
#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "libs/chain/check.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace journal::v1;

// What came of one shard of a journal.
struct Verdict {
  int64_t rows = 0;
  int64_t events = 0;
  std::optional<chain::Finding> finding;
};

struct Words {
  const char *name, *english, *chinese;
};
// What is said of a finding.
Words WordsOf(chain::Fault fault) {
  switch (fault) {
    case chain::Fault::kMissing:
      return {"missing", "no row holds these positions: rows were removed", "记录缺失"};
    case chain::Fault::kInserted:
      return {"inserted", "a row was inserted", "记录为他人插入"};
    case chain::Fault::kAltered:
      return {"altered", "a row was altered, or the hash of the row before", "记录被改动"};
    default:
      return {"rewritten", "rows were written anew with other hashes than were signed",
              "记录被整体改写，与签名不符"};
  }
}

class Verifier {
 public:
  Verifier(Session& session, std::string service) : session_(session), service_(std::move(service)) {}

  // Computes one shard's chain anew, up to where the journal stands now.
  absl::StatusOr<Verdict> Verify(int shard) {
    ASSIGN_OR_RETURN(const auto end, Read(shard, std::numeric_limits<int64_t>::max()));
    std::map<int64_t, std::string> known;
    if (end.head_seq() > 0) known[end.head_seq()] = end.head_hash();
    chain::Check check(std::move(known));
    Verdict verdict;
    int64_t next = 1, head = end.head_seq();
    // One page more than the head needs: a row behind it must not be overlooked.
    for (bool beyond = false; !beyond && !check.decided();) {
      beyond = next > end.head_seq();
      ASSIGN_OR_RETURN(const auto page, Read(shard, next));
      for (const JournalRow& row : page.rows()) {
        check.Add(
            {shard, row.seq(), row.events(), row.type(), row.county(), row.time_micros(), row.payload()},
            row.hash());
        ++verdict.rows;
        verdict.events += row.events();
        next = row.seq() + 1;
      }
      head = page.head_seq();
      if (page.rows().empty()) break;
    }
    verdict.finding = check.End(head);
    return verdict;
  }

  absl::StatusOr<int> Shards() {
    ASSIGN_OR_RETURN(const auto status, session_.client().CallAt(service_, &JournalService::Stub::GetStatus,
                                                                 GetStatusRequest()));
    return status.shards_size();
  }

 private:
  absl::StatusOr<ReadRowsResponse> Read(int shard, int64_t from) {
    ReadRowsRequest request;
    request.set_shard(shard);
    request.set_from_seq(from);
    request.set_page_size(5000);
    return session_.client().CallAt(service_, &JournalService::Stub::ReadRows, request);
  }

  Session& session_;
  const std::string service_;
};

absl::Status Broken(const std::string& service, int shard, const chain::Finding& finding) {
  const Words words = WordsOf(finding.fault);
  return refusal::Precondition(
      "JOURNAL_BROKEN", "",
      fmt::format("the journal of {}, shard {}, positions {} to {}: {}", service, shard, finding.first,
                  finding.last, words.english),
      fmt::format("{} 的日志第 {} 分片，位置 {} 至 "
                  "{}：{}。请保留现场，不要再改动数据库，立即报告安全管理员，并与备份核对。",
                  service, shard, finding.first, finding.last, words.chinese));
}

}  // namespace

absl::Status VerifyAudit(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  const std::string only = typed.Text("SERVICE");
  if (!only.empty() && !endpoints.replicas.contains(only)) {
    return UsageError(
        fmt::format("SERVICE should be one of {}",
                    absl::StrJoin(endpoints.replicas, ", ",
                                  [](std::string* out, const auto& one) { out->append(one.first); })));
  }
  nlohmann::ordered_json document = {{"shards", nlohmann::ordered_json::array()}};
  Table table({"服务", "分片", "记录", "事件", "结果"});
  absl::Status outcome;
  for (const auto& [service, addresses] : endpoints.replicas) {
    if (!only.empty() && service != only) continue;
    Verifier verifier(session, service);
    ASSIGN_OR_RETURN(const int shards, verifier.Shards());
    for (int shard = 0; shard < shards; ++shard) {
      ASSIGN_OR_RETURN(const Verdict verdict, verifier.Verify(shard));
      std::string result = "完整";
      nlohmann::ordered_json one = {
          {"service", service}, {"shard", shard}, {"rows", verdict.rows}, {"events", verdict.events}};
      if (verdict.finding.has_value()) {
        const Words words = WordsOf(verdict.finding->fault);
        result = fmt::format("{}：{} 至 {}", words.chinese, verdict.finding->first, verdict.finding->last);
        one["finding"] = {
            {"fault", words.name}, {"first", verdict.finding->first}, {"last", verdict.finding->last}};
        outcome.Update(Broken(service, shard, *verdict.finding));
      }
      document["shards"].push_back(std::move(one));
      table.Add({service, fmt::format("{}", shard), fmt::format("{}", verdict.rows),
                 fmt::format("{}", verdict.events), result});
    }
  }
  session.output.Show(document, [&] { return table.Text(); });
  return outcome;
}

}  // namespace tonghu::tonghuctl
