// tonghuctl: what an operator types.
#include <cstdio>

#include "libs/rpc/text.h"
#include "libs/status/macros.h"
#include "services/tonghuctl/command_line.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

absl::Status Run(int argc, char** argv, Session& session) {
  for (int i = 1; i < argc; ++i) {
    // Set before parsing, so that a usage error is told in JSON too.
    if (std::string_view(argv[i]) == "--json") session.options.json = true;
  }
  for (int i = 1; i < argc; ++i) {
    if (!rpc::IsUtf8(argv[i])) return UsageError("what was typed is not UTF-8: set the terminal to UTF-8");
  }
  const auto chosen = Parse(argc, argv, CommandGroups(), Commands(), session.options);
  if (!chosen.ok() || !chosen->has_value()) return chosen.status();
  RETURN_IF_ERROR(session.Open());
  const auto& [command, answers] = **chosen;
  return command.run(session, {command.form, answers});
}

int Main(int argc, char** argv) {
  Session session;
  const absl::Status status = Run(argc, argv, session);
  if (!status.ok())
    std::fputs((session.options.json ? ErrorJson(status) : ErrorText(status)).c_str(), stderr);
  return ExitCodeOf(status);
}

}  // namespace
}  // namespace tonghu::tonghuctl

int main(int argc, char** argv) { return tonghu::tonghuctl::Main(argc, argv); }
