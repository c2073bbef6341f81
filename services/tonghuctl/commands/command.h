// How a command is added to the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/tonghuctl/enums.h"
#include "services/tonghuctl/session.h"

namespace tonghu::tonghuctl {

struct Verb {
  const char* name;
  const char* what;     // one sentence
  const char* example;  // without "tonghuctl"
};

// Adds `verb` to `group`; `run` gets the options filled in. The options live as long as the command line.
template <class Options>
std::pair<CLI::App*, Options&> AddCommand(CLI::App& group, Session& session, const Verb& verb,
                                          absl::Status (*run)(Session&, const Options&)) {
  CLI::App* command = group.add_subcommand(verb.name, verb.what);
  command->footer(std::string("Example: tonghuctl ") + verb.example +
                  "\nAlso --json, --timeout, --state and --endpoints: see tonghuctl --help.");
  auto options = std::make_shared<Options>();
  command->callback(
      [&session, options, run] { session.chosen = [options, run](Session& s) { return run(s, *options); }; });
  return {command, *options};
}

// A group of commands, such as "child".
CLI::App& AddGroup(CLI::App& app, const char* name, const char* what);

// --county.
CLI::Option* AddCounty(CLI::App* command, std::string& county);

// --limit and --page-token; `page_size` is the most the service gives at once.
void AddPaging(CLI::App* command, PageOptions& paging, int page_size = 1000);

// Says on stderr how to go on when a list was cut.
template <class Response>
void RemarkCut(const Session& session, const Response& response) {
  if (!response.next_page_token().empty()) {
    session.output.Remark("more: go on with --page-token " + response.next_page_token() +
                          ", or --limit 0 for all");
  }
}

// An option whose value is one of an enumeration's.
template <class Enum>
CLI::Option* AddChoice(CLI::App* command, const char* flag, std::string& value, const char* what) {
  return command->add_option(flag, value, what)->check(CLI::IsMember(Choices<Enum>()));
}

void AddAbsence(CLI::App& app, Session& session);
void AddAlerts(CLI::App& app, Session& session);
void AddAttendance(CLI::App& app, Session& session);
void AddCalendar(CLI::App& app, Session& session);
void AddChild(CLI::App& app, Session& session);
void AddClock(CLI::App& app, Session& session);
void AddContact(CLI::App& app, Session& session);
void AddDeadlines(CLI::App& app, Session& session);
void AddDirectory(CLI::App& app, Session& session);
void AddDoctor(CLI::App& app, Session& session);
void AddDuty(CLI::App& app, Session& session);
void AddEmergency(CLI::App& app, Session& session);
void AddImport(CLI::App& app, Session& session);
void AddPair(CLI::App& app, Session& session);
void AddPolicy(CLI::App& app, Session& session);
void AddQuarantine(CLI::App& app, Session& session);
void AddReport(CLI::App& app, Session& session);
void AddStatus(CLI::App& app, Session& session);
void AddTalkPolicy(CLI::App& app, Session& session);

// Parts of AddAlerts, AddPair and AddContact with files of their own.
void AddAlertAnswers(CLI::App& group, Session& session);
void AddAlertWatch(CLI::App& group, Session& session);
void AddPairByClass(CLI::App& group, Session& session);

}  // namespace tonghu::tonghuctl
