// tonghuctl audit verify: whether the journals, which are the audit, are as they were written.
#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "libs/chain/check.h"
#include "libs/principal/head.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "tonghu/access/v1/audit_service.grpc.pb.h"
#include "tonghu/journal/v1/journal_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace journal::v1;

// What came of one shard of a journal.
struct Verdict {
  int64_t rows = 0;
  int64_t events = 0;
  int64_t heads = 0;  // signed
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

// The hashes of each journal's shards by position, as access has signed them.
using Signed = std::map<std::pair<std::string, int>, std::map<int64_t, std::string>>;

// What is wrong with a signed head, as a refusal. Errors: none; OK when the head is good.
absl::Status Judge(const principal::HeadKeys& keys, const access::v1::SignedHead& head) {
  const std::string which =
      fmt::format("the signed head of {}, shard {}, position {}", head.producer(), head.shard(), head.seq());
  const std::string chinese =
      fmt::format("{} 的日志第 {} 分片位置 {} 的签名", head.producer(), head.shard(), head.seq());
  constexpr char kTell[] = "请保留现场，立即报告安全管理员。";
  switch (keys.Judge(head)) {
    case principal::HeadVerdict::kGood:
      return absl::OkStatus();
    case principal::HeadVerdict::kUnknownKey:
      return refusal::Precondition(
          "SIGNED_HEAD_KEY_UNKNOWN", "",
          fmt::format("{} names the key {}, of which no public key is kept", which, head.key_id()),
          fmt::format("{}所用的密钥 {} 不在已保存的公钥中。请从备份中找回该公钥，放入公钥目录的 past "
                      "子目录后重试；若从未有过该密钥，{}",
                      chinese, head.key_id(), kTell));
    case principal::HeadVerdict::kKeyNotInForce:
      return refusal::Precondition(
          "SIGNED_HEAD_FORGED", "",
          fmt::format("{} was signed by the key {} at a time when that key was not in force", which,
                      head.key_id()),
          fmt::format("{}出自当时未启用或已停用的密钥 {}。{}", chinese, head.key_id(), kTell));
    default:
      return refusal::Precondition(
          "SIGNED_HEAD_FORGED", "",
          fmt::format("{} was not made by the key {} that it names", which, head.key_id()),
          fmt::format("{}无效。{}", chinese, kTell));
  }
}

// Reads the signed heads, each of which one of the keys in `folder` must have signed (principal::HeadKeys).
absl::StatusOr<Signed> ReadSigned(Session& session, const std::string& folder) {
  ASSIGN_OR_RETURN(const auto keys, principal::HeadKeys::Read(folder));
  access::v1::ListSignedHeadsRequest request;
  request.set_page_size(1000);
  Signed known;
  absl::Status judged;
  RETURN_IF_ERROR(
      session.client().ForEachPage(&access::v1::AuditService::Stub::ListSignedHeads, request,
                                   [&](const access::v1::ListSignedHeadsResponse& page) {
                                     for (const access::v1::SignedHead& head : page.heads()) {
                                       judged.Update(Judge(keys, head));
                                       known[{head.producer(), head.shard()}][head.seq()] = head.hash();
                                     }
                                     return judged.ok();
                                   }));
  RETURN_IF_ERROR(judged);
  return known;
}

class Verifier {
 public:
  // `heads` outlives it.
  Verifier(Session& session, std::string service, const Signed& heads)
      : session_(session), service_(std::move(service)), signed_(heads) {}

  // Computes one shard's chain anew, up to where the journal stands now.
  absl::StatusOr<Verdict> Verify(int shard) {
    ASSIGN_OR_RETURN(const auto end, Read(shard, std::numeric_limits<int64_t>::max()));
    std::map<int64_t, std::string> known;
    if (const auto found = signed_.find({service_, shard}); found != signed_.end()) known = found->second;
    Verdict verdict{.heads = static_cast<int64_t>(known.size())};
    // The journal's own head does not replace what was signed of the same position.
    if (end.head_seq() > 0) known.emplace(end.head_seq(), end.head_hash());
    chain::Check check(std::move(known));
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
  const Signed& signed_;
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

// The verdicts on all shards as a table and as a document, and the first fault as an error.
class Verdicts {
 public:
  void Add(const std::string& service, int shard, const Verdict& verdict) {
    std::string result = "完整";
    nlohmann::ordered_json one = {{"service", service},
                                  {"shard", shard},
                                  {"rows", verdict.rows},
                                  {"events", verdict.events},
                                  {"signedHeads", verdict.heads}};
    if (verdict.finding.has_value()) {
      const Words words = WordsOf(verdict.finding->fault);
      result = fmt::format("{}：{} 至 {}", words.chinese, verdict.finding->first, verdict.finding->last);
      one["finding"] = {
          {"fault", words.name}, {"first", verdict.finding->first}, {"last", verdict.finding->last}};
      outcome_.Update(Broken(service, shard, *verdict.finding));
    }
    document_["shards"].push_back(std::move(one));
    table_.Add({service, fmt::format("{}", shard), fmt::format("{}", verdict.rows),
                fmt::format("{}", verdict.events), fmt::format("{}", verdict.heads), result});
  }
  absl::Status Show(const Output& output) const {
    output.Show(document_, [&] { return table_.Text(); });
    return outcome_;
  }

 private:
  nlohmann::ordered_json document_ = {{"shards", nlohmann::ordered_json::array()}};
  Table table_{{"服务", "分片", "记录", "事件", "签名", "结果"}};
  absl::Status outcome_;
};

absl::Status CheckService(const client::Endpoints& endpoints, const std::string& service) {
  if (service.empty() || endpoints.replicas.contains(service)) return absl::OkStatus();
  const auto append = [](std::string* out, const auto& one) { out->append(one.first); };
  return UsageError(
      fmt::format("SERVICE should be one of {}", absl::StrJoin(endpoints.replicas, ", ", append)));
}

}  // namespace

absl::Status VerifyAudit(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(const auto endpoints, session.client().endpoints());
  const std::string only = typed.Text("SERVICE");
  RETURN_IF_ERROR(CheckService(endpoints, only));
  Signed heads;
  if (endpoints.replicas.contains("access")) {
    const std::string keys = typed.Text("--keys");
    ASSIGN_OR_RETURN(heads, ReadSigned(session, keys.empty() ? session.RunFolder() + "/keys/public" : keys));
  }
  Verdicts verdicts;
  for (const auto& [service, addresses] : endpoints.replicas) {
    if (!only.empty() && service != only) continue;
    Verifier verifier(session, service, heads);
    ASSIGN_OR_RETURN(const int shards, verifier.Shards());
    for (int shard = 0; shard < shards; ++shard) {
      ASSIGN_OR_RETURN(const Verdict verdict, verifier.Verify(shard));
      verdicts.Add(service, shard, verdict);
    }
  }
  return verdicts.Show(session.output);
}

}  // namespace tonghu::tonghuctl
