// Every command: the forms of the APIs, and the commands that do more than one call, as forms of their own.
#include <algorithm>

#include "services/tonghuctl/command.h"

// Set as tables, which a formatter would take apart.
// clang-format off
namespace tonghu::tonghuctl {
namespace {

using forms::Field;
using forms::Form;
using forms::Input;

Form ImportOf(const char* kind, const char* what, const char* example) {
  return {"import", kind, "registry.v1.ImportService.ImportRoster", what, example,
          {Field{"", "FILE", "CSV: UTF-8 or GB18030", Input::kFile}.Required(),
           {"header.validate_only", "--validate-only", "Check the file, store nothing"}},
          {{"errors", false, {{"行", "row"}, {"列", "column"}, {"原因", "reason"}, {"说明", "message"}}}}};
}

// One contact, as its form says, or a file of them.
Form LogOneOrAFile() {
  Form form = *forms::FindForm("contact", "log");
  for (Field& field : form.fields) field.excludes = "--file";
  form.fields.insert(form.fields.begin(), {"", "--file", "A CSV file instead", Input::kFile});
  return form;
}

std::vector<Command> OfRecords() {
  return {
      {ImportOf("schools", "Import schools", "import schools schools.csv --county 520521"), &Import},
      {ImportOf("staff", "Import staff and the posts they hold", "import staff staff.csv --county 520521"),
       &Import},
      {ImportOf("children", "Import children with guardian and parents",
                "import children children.csv --county 520521 --validate-only"), &Import},
      {LogOneOrAFile(), &LogContacts},
      {{"pair", "by-class", "pairing.v1.PairingService.PairByClass",
        "Pair every unpaired child with its class teacher; these pairings follow the child to its next class and "
        "the post to its next holder. Children whose pairing was ended on purpose are passed over; those whose "
        "class has no teacher are listed", "pair by-class --county 520521"}, &PairByClass},
      {{"alerts", "watch", "alerts.v1.AlertService.WatchAlerts",
        "Print changes as they happen, until --for has passed; with --json one document a line",
        "alerts watch --county 520521 --for 8h",
        {Field{"", "--for", "How long", Input::kAside}.Usual("1h"),
         {"", "--count", "Leave after so many changes; 0 for no such limit", Input::kCount}}}, &WatchAlerts},
      {{"", "report", "reporting.v1.ReportService.QueryCounts", "Show a division's figures, one row a week",
        "report --division 520521 --from 2026-09-01 --to 2026-09-30",
        {Field{"division", "--division",
               "A county's or township's code, or counties/{county}/schools/{id}"}.Required(),
         {"from_date", "--from", "First week, by any of its days", Input::kDay},
         {"to_date", "--to", "Last week", Input::kDay},
         {"", "--recompute", "Count anew from the journals; slow", Input::kSwitch},
         Field{"", "--check", "Also count anew and compare; exit 1 when anything differs",
               Input::kSwitch}.Excludes("--recompute")},
        {{"weeks", false, {{"周一", "monday"}, {"联系", "contacts"}, {"到期", "duties_due"}, {"按时", "done"},
          {"迟报", "done_late_reported"}, {"免除", "excused"}, {"逾期", "missed"}, {"后补", "done_late"},
          {"发出预警", "alerts_raised"}, {"响应预警", "alerts_acknowledged"}, {"办结预警", "alerts_resolved"},
          {"结对增减", "pairings"}}}}}, &Report},
  };
}

std::vector<Command> OfTheSystem() {
  const Field step = Field{"", "--step", "Move in such steps, so that deadlines fire near their time; 0s for one "
                           "leap", Input::kAside}.Usual("1h");
  const Field wait = Field{"", "--wait", "How long the services may take to become quiet, each time",
                           Input::kAside}.Usual("60s");
  return {
      {{"quarantine", "list", "", "List them", "quarantine list --service alerts",
        {{"", "--service", "Only this service's; all when left out", Input::kAside},
         Field{"", "--limit", "At most this many of each service; 0 for all", Input::kCount}.Usual("1000")}},
       &ListQuarantine},
      {{"quarantine", "release", "journal.v1.JournalService.ReleaseQuarantinedEvents",
        "Replay, in order, what was set aside for one key",
        "quarantine release --service alerts --county 520521 --key 0193...",
        {Field{"", "--service", "Which service", Input::kAside}.Required(),
         Field{"key", "--key", "The key, as quarantine list shows it: a child's id"}.Required()}},
       &ReleaseQuarantine},
      {{"", "status", "", "Show where every journal stands: heads, lag, clocks, quarantine, replicas",
        "status --shards", {{"", "--shards", "Every shard by itself too", Input::kSwitch}}}, &ShowStatus},
      {{"", "doctor", "",
        "Check every replica, PostgreSQL and NATS behind it, clocks, lag, leases and quarantine, and that every "
        "child has somebody to talk with; each with its remedy",
        "doctor    (exit 0: nothing wrong; 4: something does not answer; 1: another problem)"}, &Examine},
      {{"clock", "show", "", "Show the time the services go by", "clock show"}, &ShowClock},
      {{"clock", "advance", "", "Move the clock when every service is quiet, and wait until they are again",
        "clock advance 7d", {Field{"", "DURATION", "How far", Input::kAside}.Required(), step, wait}},
       &AdvanceClock},
      {{"clock", "advance-to", "", "The same, to a time", "clock advance-to \"2026-09-07 08:00\"",
        {Field{"", "TIME", "Where to", Input::kAside}.Required(), step, wait}}, &AdvanceClockTo},
  };
}

bool NeedsCounty(const Form& form) {
  return !forms::CountyPathOf(form).empty() ||
         std::any_of(form.fields.begin(), form.fields.end(),
                     [](const Field& field) { return field.input == Input::kName; });
}

// The command with the options that follow from its method.
Command Completed(Command command) {
  Form& form = command.form;
  if (*form.method == '\0') return command;
  if (NeedsCounty(form))
    form.fields.push_back({"", "--county", "The county's six digits; full names say it too", Input::kCounty});
  if (forms::IsPaged(form)) {
    form.fields.push_back(Field{"", "--limit", "At most this many; 0 for all", Input::kCount}.Usual("1000"));
    form.fields.push_back({"", "--page-token", "Go on where an earlier list was cut", Input::kAside});
  }
  return command;
}

}  // namespace

const std::vector<forms::Group>& CommandGroups() {
  static const auto& groups = *[] {
    auto* all = new std::vector<forms::Group>{{"import", "Import rosters: all rows of a file, or none"}};
    all->insert(all->end(), forms::Groups().begin(), forms::Groups().end());
    all->push_back({"quarantine", "Events set aside because their handling kept failing"});
    all->push_back({"clock", "The virtual clock (development and demonstration only)"});
    return all;
  }();
  return groups;
}

const std::vector<Command>& Commands() {
  static const auto& commands = *[] {
    auto* all = new std::vector<Command>;
    for (const Form& form : forms::Forms()) {
      if (&form != forms::FindForm("contact", "log")) all->push_back(Completed({form, &RunForm}));
    }
    for (auto* some : {&OfRecords, &OfTheSystem}) {
      for (Command& command : some()) all->push_back(Completed(std::move(command)));
    }
    return all;
  }();
  return commands;
}

}  // namespace tonghu::tonghuctl
