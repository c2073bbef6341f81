// tonghuctl import: rosters from CSV files.
#include "libs/client/import.h"

#include <fmt/format.h>

#include <fstream>

#include "libs/forms/words.h"
#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

using namespace registry::v1;

constexpr absl::Duration kUsualTimeout = absl::Minutes(2);  // a hundred thousand rows take a while

std::string Text(Session& session, const forms::Form& form, const ImportRosterResponse& response,
                 bool validate_only) {
  std::string text =
      fmt::format("读取 {} 行：新增 {}，更新 {}，未变 {}{}\n", response.rows_read(), response.created(),
                  response.updated(), response.unchanged(), validate_only ? "（仅检查，未入库）" : "");
  if (!response.errors().empty()) text += TablesText(session, form, response);
  if (response.error_count() > response.errors_size())
    text += fmt::format("只列出前 {} 处，改正后请先用 --validate-only 再查\n", response.errors_size());
  return text;
}

}  // namespace

absl::Status Import(Session& session, const Arguments& typed) {
  ASSIGN_OR_RETURN(auto request, RequestOf<ImportRosterRequest>(typed));
  ImportHeader& header = *request.mutable_header();
  // The command's verb is the word of the kind: schools, staff or children.
  header.set_kind(forms::ParseEnum<RosterKind>(typed.form.verb()));
  std::ifstream file(typed.Text("FILE"), std::ios::binary);
  if (!file) return UsageError(fmt::format("can't read the file {}", typed.Text("FILE")));
  ASSIGN_OR_RETURN(const auto channel, session.client().ChannelTo("registry"));
  ASSIGN_OR_RETURN(const auto response,
                   client::ImportRoster(channel, header, file, session.BoundsOr(kUsualTimeout)));
  session.output.Show(response, [&] { return Text(session, typed.form, response, header.validate_only()); });
  if (response.error_count() == 0) return absl::OkStatus();
  return refusal::Invalid(
      "ROWS_IN_ERROR", "", fmt::format("{} errors; nothing was stored", response.error_count()),
      fmt::format("共 {} 处错误，未导入任何数据。请改正后重新导入整个文件。", response.error_count()));
}

}  // namespace tonghu::tonghuctl
