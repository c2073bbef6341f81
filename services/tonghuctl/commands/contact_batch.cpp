// tonghuctl contact log: one contact by its form, or a file of them.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "libs/forms/typed.h"
#include "libs/forms/words.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/contacts_file.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/names.h"
#include "services/tonghuctl/table.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace pairing::v1;

constexpr size_t kBatchRows = 1000;
constexpr size_t kBatchBytes = 1 << 20;  // services take 4 MiB

// The outcome of each row; until the outcome is certain, an error that may pass.
using Outcomes = std::vector<CreateContactResult>;

// The file's column of a field that the service names in an error.
std::string ColumnOf(const std::string& field) {
  if (field == "contact.happen_time") return "at";
  return std::string(absl::StripPrefix(field, "contact."));
}

// Whether the outcome may become another when the row is sent again.
bool IsOpen(const CreateContactResult& outcome) {
  const ContactError& error = outcome.error();
  return !outcome.has_contact() &&
         client::MayPass(refusal::Make({static_cast<absl::StatusCode>(error.code()), error.reason()}));
}

// A batch of rows, and the outcome of each.
struct Batch {
  absl::Span<const ContactRow> rows;
  absl::Span<CreateContactResult> outcomes;
};

// Sends the rows that have no certain answer yet, in one call.
absl::Status SendOnce(Session& session, const Batch& batch) {
  BatchCreateContactsRequest request;
  std::vector<CreateContactResult*> open;
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    if (!IsOpen(batch.outcomes[i])) continue;
    *request.add_requests() = batch.rows[i].request;
    open.push_back(&batch.outcomes[i]);
  }
  // At least one row is open, else SendBatch would have ended.
  request.set_parent(ParentOf(request.requests(0).contact().child()));
  ASSIGN_OR_RETURN(const auto response,
                   session.client().Call(&ContactService::Stub::BatchCreateContacts, request));
  if (response.results_size() != static_cast<int>(open.size()))
    return absl::InternalError("the service answered another number of rows");
  for (size_t k = 0; k < open.size(); ++k) *open[k] = response.results(static_cast<int>(k));
  return absl::OkStatus();
}

// Sends a batch. Rows without a certain answer are sent again, within the bounds of a call; their request ids
// make that harmless.
absl::Status SendBatch(Session& session, const Batch& batch) {
  absl::Status sent;
  const absl::Status certain = client::Retry(session.client().bounds(), [&](absl::Duration) {
    sent = SendOnce(session, batch);
    const bool again = sent.ok() && std::any_of(batch.outcomes.begin(), batch.outcomes.end(), &IsOpen);
    return again ? absl::UnavailableError("some rows have no certain answer") : absl::OkStatus();
  });
  certain.IgnoreError();  // the rows' outcomes say which
  return sent;
}

// The counts of a file.
struct Counts {
  size_t rows = 0;
  int64_t recorded = 0, closed_duties = 0;
};

void Show(const Session& session, const Counts& counts, const std::vector<RowError>& errors) {
  nlohmann::ordered_json document = {{"rows", counts.rows},
                                     {"recorded", counts.recorded},
                                     {"closedDuties", counts.closed_duties},
                                     {"errors", nlohmann::ordered_json::array()}};
  for (const RowError& error : errors) document["errors"].push_back(ToDocument(error));
  session.output.Show(document, [&] {
    const std::string text = fmt::format("读取 {} 行：记录 {}，完成任务 {}，未记录 {}\n", counts.rows,
                                         counts.recorded, counts.closed_duties, errors.size());
    Table table({"行", "列", "原因", "说明"});
    for (const RowError& error : errors)
      table.Add({fmt::format("{}", error.row()), error.column(), error.reason(), error.message()});
    return table.empty() ? text : text + table.Text();
  });
}

// The rows that are not recorded, with the service's reasons.
std::vector<RowError> ErrorsOf(const std::vector<ContactRow>& rows, const Outcomes& outcomes) {
  std::vector<RowError> errors;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (outcomes[i].has_contact()) continue;
    RowError& error = errors.emplace_back();
    error.set_row(rows[i].row);
    error.set_column(ColumnOf(outcomes[i].error().field()));
    error.set_reason(outcomes[i].error().reason());
    error.set_message(outcomes[i].error().message());
  }
  return errors;
}

// Reads and parses the file. Errors: usage errors, and FILE_UNREADABLE with the sentence of libs/csv.
absl::StatusOr<ContactsFile> ReadFile(const std::string& path, const std::string& county) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(fmt::format("can't read the file {}", path));
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto parsed = ParseContacts(std::move(bytes).str(), county);
  if (parsed.ok() || refusal::IsRefusal(parsed.status())) return parsed;
  // The sentences of libs/csv are Chinese already.
  const std::string why(parsed.status().message());
  return refusal::Invalid("FILE_UNREADABLE", "file", why, why);
}

// Sends a whole file of contacts. With any row that can't be read nothing is sent. What the service refuses
// is listed by row.
absl::Status LogFile(Session& session, const std::string& path, const std::string& county) {
  if (forms::Typed typed(county); !typed.ok()) return typed.status();
  const auto file = ReadFile(path, county);
  if (!file.ok()) return file.status();
  if (!file->errors.empty()) {
    Show(session, {.rows = file->rows_read}, file->errors);
    return refusal::Invalid("ROWS_IN_ERROR", "", "rows can't be read; nothing was sent",
                            "有无法读取的行，未记录任何数据。请改正后重新提交整个文件。");
  }
  CreateContactResult unsent;
  // Until a row is answered its outcome is one that may pass, so that SendOnce sends it.
  unsent.mutable_error()->set_code(static_cast<int>(absl::StatusCode::kUnavailable));
  unsent.mutable_error()->set_reason("NOT_SENT");
  unsent.mutable_error()->set_message("尚无确定结果，请重新提交同一文件；已记录的不会重复。");
  Outcomes outcomes(file->rows.size(), unsent);
  absl::Status sent = absl::OkStatus();
  size_t begin = 0;
  for (const size_t end : BatchEnds(file->rows, kBatchRows, kBatchBytes)) {
    const Batch batch{absl::MakeConstSpan(file->rows).subspan(begin, end - begin),
                      absl::MakeSpan(outcomes).subspan(begin, end - begin)};
    // After an outage the rest is not tried; its rows are listed as not sent.
    if (sent.ok()) sent = SendBatch(session, batch);
    begin = end;
  }
  Counts counts{.rows = file->rows.size()};
  for (const CreateContactResult& outcome : outcomes) {
    counts.recorded += outcome.has_contact() ? 1 : 0;
    counts.closed_duties += outcome.contact().closed_duties_size();
  }
  const std::vector<RowError> errors = ErrorsOf(file->rows, outcomes);
  Show(session, counts, errors);
  if (!sent.ok()) return sent;
  if (std::any_of(outcomes.begin(), outcomes.end(), &IsOpen)) {
    return absl::UnavailableError("some rows have no certain answer; send the same file again");
  }
  if (errors.empty()) return absl::OkStatus();
  return refusal::Invalid("ROWS_REFUSED", "",
                          fmt::format("{} rows were refused, the others are recorded", errors.size()),
                          "未记录的行见上表，其余已记录。改正后可重新提交整个文件，已记录的不会重复。");
}

}  // namespace

absl::Status LogContacts(Session& session, const Arguments& typed) {
  if (typed.Has("--file")) return LogFile(session, typed.Text("--file"), typed.answers.county);
  if (!typed.Has("--child") || !typed.Has("--helper") || !typed.Has("--at"))
    return UsageError("--child, --helper and --at are needed, or --file");
  return RunForm(session, typed);
}

}  // namespace tonghu::tonghuctl
