// tonghuctl import: rosters from CSV files.
#include <fmt/format.h>

#include <fstream>

#include "libs/forms/typed.h"
#include "libs/refusal/refusal.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"
#include "services/tonghuctl/table.h"
#include "tonghu/registry/v1/import_service.grpc.pb.h"

namespace tonghu::tonghuctl {
namespace {

using namespace registry::v1;

constexpr size_t kChunk = 256 << 10;
constexpr absl::Duration kUsualTimeout = absl::Minutes(2);  // a hundred thousand rows take a while

struct Options {
  std::string file, county;
  bool validate_only = false;
};

// Sends header and file; the stream ends early when the service has seen enough.
grpc::Status Send(ImportService::Stub& stub, const ImportHeader& header, std::ifstream& file,
                  grpc::ClientContext& context, ImportRosterResponse* response) {
  response->Clear();
  file.clear();
  file.seekg(0);
  auto writer = stub.ImportRoster(&context, response);
  ImportRosterRequest request;
  *request.mutable_header() = header;
  bool open = writer->Write(request);
  std::string chunk(kChunk, '\0');
  while (open && file) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    if (file.gcount() == 0) break;
    request.set_chunk(chunk.substr(0, static_cast<size_t>(file.gcount())));
    open = writer->Write(request);
  }
  writer->WritesDone();
  return writer->Finish();
}

std::string Text(const ImportRosterResponse& response, bool validate_only) {
  std::string text =
      fmt::format("读取 {} 行：新增 {}，更新 {}，未变 {}{}\n", response.rows_read(), response.created(),
                  response.updated(), response.unchanged(), validate_only ? "（仅检查，未入库）" : "");
  if (response.errors().empty()) return text;
  Table table({"行", "列", "原因", "说明"});
  for (const RowError& error : response.errors()) {
    table.Add({fmt::format("{}", error.row()), error.column(), error.reason(), error.message()});
  }
  text += table.Text();
  if (response.error_count() > response.errors_size())
    text += fmt::format("只列出前 {} 处，改正后请先用 --validate-only 再查\n", response.errors_size());
  return text;
}

absl::Status Import(Session& session, const Options& options, RosterKind kind) {
  forms::Typed typed(options.county);
  ImportHeader header;
  header.set_parent(typed.Parent());
  header.set_kind(kind);
  header.set_validate_only(options.validate_only);
  if (!typed.ok()) return typed.status();
  std::ifstream file(options.file, std::ios::binary);
  if (!file) return UsageError(fmt::format("can't read the file {}", options.file));
  file.seekg(0, std::ios::end);
  header.set_size_bytes(file.tellg());
  auto channel = session.client().ChannelTo("registry");
  if (!channel.ok()) return channel.status();
  const auto stub = ImportService::NewStub(*channel);
  ImportRosterResponse response;
  const absl::Status sent = client::RetryCall(
      session.BoundsOr(kUsualTimeout),
      [&](grpc::ClientContext& context) { return Send(*stub, header, file, context, &response); });
  if (!sent.ok()) return sent;
  session.output.Show(response, [&] { return Text(response, options.validate_only); });
  if (response.error_count() == 0) return absl::OkStatus();
  return refusal::Invalid(
      "ROWS_IN_ERROR", "", fmt::format("{} errors; nothing was stored", response.error_count()),
      fmt::format("共 {} 处错误，未导入任何数据。请改正后重新导入整个文件。", response.error_count()));
}

template <RosterKind kKind>
absl::Status Run(Session& session, const Options& options) {
  return Import(session, options, kKind);
}

template <RosterKind kKind>
void AddKind(Command group, Session& session, const Verb& verb) {
  auto [command, options] = AddCommand<Options>(group, session, verb, Run<kKind>);
  command.AddOption("FILE", options.file, "CSV: UTF-8 or GB18030").Required().ExistingFile();
  AddCounty(command, options.county);
  command.AddFlag("--validate-only", options.validate_only, "Check the file, store nothing");
}

}  // namespace

void AddImport(Command app, Session& session) {
  const Command group = AddGroup(app, "import", "Import rosters: all rows of a file, or none");
  AddKind<ROSTER_KIND_SCHOOLS>(group, session,
                               {"schools", "Import schools", "import schools schools.csv --county 520521"});
  AddKind<ROSTER_KIND_STAFF>(
      group, session,
      {"staff", "Import staff and the posts they hold", "import staff staff.csv --county 520521"});
  AddKind<ROSTER_KIND_CHILDREN>(group, session,
                                {"children", "Import children with guardian and parents",
                                 "import children children.csv --county 520521 --validate-only"});
}

}  // namespace tonghu::tonghuctl
