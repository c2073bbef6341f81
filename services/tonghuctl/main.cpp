// tonghuctl: what an operator types.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "libs/rpc/text.h"
#include "services/tonghuctl/commands/command.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.fallthrough();
  app.require_subcommand(1);
  app.add_option("--state", options.state, "The stack's state directory (default: var)");
  app.add_option("--endpoints", options.endpoints, "Its endpoints.json, when there is no --state")
      ->envname("TONGHU_ENDPOINTS");
  app.add_option_function<std::string>(
         "--timeout",
         [&options](const std::string& text) {
           options.timeout = text;
           options.timeout_given = true;
         },
         "How long a call may take (default: 10s)")
      ->trigger_on_parse();
  app.add_flag("--json", options.json, "Print one JSON document instead of tables");
  app.footer(
      "Names are given short (--child 0193... --county 520521) or in full "
      "(counties/520521/children/0193...).\n"
      "Times are RFC 3339, or \"2026-09-04 15:30\" in China's time. TONGHU_COUNTY stands in for --county.\n"
      "Exit codes: 0 done, 1 fault, 2 typed wrongly, 3 refused, 4 outage.");
}

void AddCommands(CLI::App& app, Session& session) {
  AddImport(app, session);
  AddDirectory(app, session);
  AddChild(app, session);
  AddPair(app, session);
  AddCalendar(app, session);
  AddTalkPolicy(app, session);
  AddContact(app, session);
  AddDuty(app, session);
  AddAbsence(app, session);
  AddAttendance(app, session);
  AddEmergency(app, session);
  AddAlerts(app, session);
  AddPolicy(app, session);
  AddReport(app, session);
  AddQuarantine(app, session);
  AddDeadlines(app, session);
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
  CLI::App app("Tonghu's command line for operators. `tonghuctl COMMAND --help` explains each.", "tonghuctl");
  Session session;
  AddGlobalOptions(app, session.options);
  AddCommands(app, session);
  for (int i = 1; i < argc; ++i) {
    if (!rpc::IsUtf8(argv[i]))
      return End(session, UsageError("what was typed is not UTF-8: set the terminal to UTF-8"));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  if (absl::Status opened = session.Open(); !opened.ok()) return End(session, opened);
  return End(session, session.chosen(session));
}

}  // namespace
}  // namespace tonghu::tonghuctl

int main(int argc, char** argv) { return tonghu::tonghuctl::Main(argc, argv); }
