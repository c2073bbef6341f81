#include "services/tonghuctl/commands/contact_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/strip.h"
#include "libs/forms/typed.h"
#include "libs/refusal/refusal.h"
#include "services/tonghuctl/contacts_file.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;

constexpr size_t kBatchRows = 1000;
constexpr size_t kBatchBytes = 1 << 20;  // services take 4 MiB

// What came of a row.
struct Outcome {
  bool recorded = false;
  bool closed_duty = false;
  ContactError error;
};

// The file's column of a field that the service names.
std::string ColumnOf(const std::string& field) {
  if (field == "contact.happen_time") return "at";
  return std::string(absl::StripPrefix(field, "contact."));
}

bool MayHelpAgain(const ContactError& error) {
  return client::MayPass(refusal::Make({static_cast<absl::StatusCode>(error.code()), error.reason()}));
}

// Sends the rows in [begin, end) that have no certain answer yet.
absl::Status SendOnce(Session& session, const std::vector<ContactRow>& rows, std::pair<size_t, size_t> range,
                      std::vector<Outcome>& outcomes) {
  BatchCreateContactsRequest request;
  std::vector<size_t> sent;
  for (size_t i = range.first; i < range.second; ++i) {
    if (outcomes[i].recorded || !MayHelpAgain(outcomes[i].error)) continue;
    *request.add_requests() = rows[i].request;
    sent.push_back(i);
  }
  forms::Typed typed("");
  typed.Name("child", "children", request.requests(0).contact().child());
  request.set_parent(typed.Parent());
  const auto response = session.client().Call(&ContactService::Stub::BatchCreateContacts, request);
  if (!response.ok()) return response.status();
  if (response->results_size() != static_cast<int>(sent.size()))
    return absl::InternalError("the service answered another number of rows");
  for (size_t k = 0; k < sent.size(); ++k) {
    const CreateContactResult& result = response->results(static_cast<int>(k));
    outcomes[sent[k]] = {result.has_contact(), !result.contact().closed_duty().empty(), result.error()};
  }
  return absl::OkStatus();
}

// Rows that have no certain answer are sent again, as a call would be.
absl::Status SendBatch(Session& session, const std::vector<ContactRow>& rows, std::pair<size_t, size_t> range,
                       std::vector<Outcome>& outcomes) {
  absl::Status sent;
  const absl::Status certain = client::Retry(session.client().bounds(), [&](absl::Duration) {
    sent = SendOnce(session, rows, range, outcomes);
    const bool again = sent.ok() && std::any_of(outcomes.begin() + range.first,
                                                outcomes.begin() + range.second, [](const Outcome& outcome) {
                                                  return !outcome.recorded && MayHelpAgain(outcome.error);
                                                });
    return again ? absl::UnavailableError("some rows have no certain answer") : absl::OkStatus();
  });
  certain.IgnoreError();  // the rows' outcomes say which
  return sent;
}

nlohmann::ordered_json Document(const std::vector<ContactRow>& rows, const std::vector<Outcome>& outcomes) {
  nlohmann::ordered_json document = {
      {"rows", rows.size()},
      {"recorded",
       std::count_if(outcomes.begin(), outcomes.end(), [](const Outcome& o) { return o.recorded; })},
      {"closedDuties",
       std::count_if(outcomes.begin(), outcomes.end(), [](const Outcome& o) { return o.closed_duty; })},
      {"errors", nlohmann::ordered_json::array()},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    if (outcomes[i].recorded) continue;
    const ContactError& error = outcomes[i].error;
    document["errors"].push_back({{"row", rows[i].row},
                                  {"column", ColumnOf(error.field())},
                                  {"reason", error.reason()},
                                  {"message", error.message()}});
  }
  return document;
}

void Show(const Session& session, const nlohmann::ordered_json& document) {
  session.output.Show(document, [&] {
    std::string text = fmt::format("读取 {} 行：记录 {}，完成谈心任务 {}，未记录 {}\n",
                                   document["rows"].get<int>(), document["recorded"].get<int>(),
                                   document["closedDuties"].get<int>(), document["errors"].size());
    if (document["errors"].empty()) return text;
    Table table({"行", "列", "原因", "说明"});
    for (const auto& error : document["errors"]) {
      table.Add({error["row"].dump(), error["column"].get<std::string>(), error["reason"].get<std::string>(),
                 error["message"].get<std::string>()});
    }
    return text + table.Text();
  });
}

absl::Status ShowUnreadable(const Session& session, const ContactsFile& file) {
  nlohmann::ordered_json document = {
      {"rows", file.rows.size() + file.errors.size()}, {"recorded", 0}, {"closedDuties", 0}};
  document["errors"] = nlohmann::ordered_json::array();
  for (const ContactRowError& error : file.errors) {
    document["errors"].push_back(
        {{"row", error.row}, {"column", error.column}, {"reason", error.reason}, {"message", error.message}});
  }
  Show(session, document);
  return refusal::Invalid("ROWS_IN_ERROR", "", "rows can't be read; nothing was sent",
                          "有无法读取的行，未记录任何数据。请改正后重新提交整个文件。");
}

absl::StatusOr<ContactsFile> ReadFile(const std::string& path, const std::string& county) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(fmt::format("can't read the file {}", path));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto parsed = ParseContacts(std::move(bytes).str(), county);
  if (parsed.ok() || refusal::IsRefusal(parsed.status())) return parsed;
  // csv's sentences are Chinese already.
  const std::string why(parsed.status().message());
  return refusal::Invalid("FILE_UNREADABLE", "file", why, why);
}

}  // namespace

absl::Status LogContactsOf(Session& session, const std::string& path, const std::string& county) {
  if (forms::Typed typed(county); !typed.ok()) return typed.status();
  const auto file = ReadFile(path, county);
  if (!file.ok()) return file.status();
  if (!file->errors.empty()) return ShowUnreadable(session, *file);
  Outcome unsent;
  unsent.error.set_code(static_cast<int>(absl::StatusCode::kUnavailable));
  unsent.error.set_reason("NOT_SENT");
  unsent.error.set_message("尚无确定结果，请重新提交同一文件；已记录的不会重复。");
  std::vector<Outcome> outcomes(file->rows.size(), unsent);
  absl::Status sent = absl::OkStatus();
  size_t begin = 0;
  for (const size_t end : BatchEnds(file->rows, kBatchRows, kBatchBytes)) {
    if (sent.ok()) sent = SendBatch(session, file->rows, {begin, end}, outcomes);
    begin = end;
  }
  const auto document = Document(file->rows, outcomes);
  Show(session, document);
  if (!sent.ok()) return sent;
  if (std::any_of(outcomes.begin(), outcomes.end(),
                  [](const Outcome& o) { return !o.recorded && MayHelpAgain(o.error); })) {
    return absl::UnavailableError("some rows have no certain answer; send the same file again");
  }
  if (document["errors"].empty()) return absl::OkStatus();
  return refusal::Invalid(
      "ROWS_REFUSED", "",
      fmt::format("{} rows were refused, the others are recorded", document["errors"].size()),
      "未记录的行见上表，其余已记录。改正后可重新提交整个文件，已记录的不会重复。");
}

}  // namespace tonghu::tonghuctl
