// tonghuctl: what an operator types.
#include <cstdio>

#include "libs/rpc/text.h"
#include "services/tonghuctl/commands/form_command.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

void AddGlobalOptions(Command program, GlobalOptions& options) {
  program.AddOption("--state", options.state, "The stack's state directory (default: var)");
  program.AddOption("--endpoints", options.endpoints, "Its endpoints.json, when there is no --state")
      .FromEnvironment("TONGHU_ENDPOINTS");
  program.AddOption("--timeout", options.timeout, "How long a call may take (default: 10s)");
  program.AddFlag("--json", options.json, "Print one JSON document instead of tables");
  program.Footer(
      "Names are given short (--child 0193... --county 520521) or in full "
      "(counties/520521/children/0193...).\n"
      "Times are RFC 3339, or \"2026-09-04 15:30\" in China's time. TONGHU_COUNTY stands in for --county.\n"
      "Exit codes: 0 done, 1 fault, 2 typed wrongly, 3 refused, 4 outage.");
}

void AddCommands(Command app, Session& session) {
  AddImport(app, session);
  AddForms(app, session);
  AddReport(app, session);
  AddQuarantine(app, session);
  AddStatus(app, session);
  AddDoctor(app, session);
  AddClock(app, session);
}

int End(const Session& session, const absl::Status& status) {
  if (!status.ok())
    std::fputs((session.options.json ? ErrorJson(status) : ErrorText(status)).c_str(), stderr);
  return ExitCodeOf(status);
}

int Main(int argc, char** argv) {
  CommandLine line("tonghuctl",
                   "Tonghu's command line for operators. `tonghuctl COMMAND --help` explains each.");
  Session session;
  AddGlobalOptions(line.program(), session.options);
  AddCommands(line.program(), session);
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--json") session.options.json = true;  // for what can't be read, too
  }
  for (int i = 1; i < argc; ++i) {
    if (!rpc::IsUtf8(argv[i]))
      return End(session, UsageError("what was typed is not UTF-8: set the terminal to UTF-8"));
  }
  const auto read = line.Parse(argc, argv);
  if (!read.ok() || !*read) return End(session, read.status());
  session.options.timeout_given = line.program().Find("--timeout").Given();
  if (absl::Status opened = session.Open(); !opened.ok()) return End(session, opened);
  return End(session, session.chosen(session));
}

}  // namespace
}  // namespace tonghu::tonghuctl

int main(int argc, char** argv) { return tonghu::tonghuctl::Main(argc, argv); }
