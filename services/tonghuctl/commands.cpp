// Every command: the forms of the APIs, and the commands that do more than one call (commands.textproto).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/tonghuctl/command.h"

namespace tonghu::tonghuctl {

// The text of commands.textproto, which the build puts into the program.
const char* CommandsText();

namespace {

using forms::Field;
using forms::Form;

// The functions of the commands of commands.textproto, by group and verb.
constexpr struct {
  const char* called;
  absl::Status (*run)(Session& session, const Arguments& typed);
} kOwn[] = {{"import schools", Import},
            {"import staff", Import},
            {"import children", Import},
            {"account create", CreateAccount},
            {"account slips", PrintSlips},
            {"pair by-class", PairByClass},
            {"pair hand-over-all", HandOverAll},
            {"pair propose", ProposePairs},
            {"alerts watch", WatchAlerts},
            {" report", Report},
            {"quarantine list", ListQuarantine},
            {"quarantine release", ReleaseQuarantine},
            {" status", ShowStatus},
            {" doctor", Examine},
            {"audit list", RunForm},
            {"audit print", PrintAudit},
            {"audit verify", VerifyAudit},
            {"clock show", ShowClock},
            {"clock advance", AdvanceClock},
            {"clock advance-to", AdvanceClockTo}};

Field& Add(Form& form, const char* option, const char* what, forms::v1::Input input) {
  Field& field = *form.add_fields();
  field.set_option(option);
  field.set_what(what);
  field.set_input(input);
  return field;
}

bool NeedsCounty(const Form& form) {
  return !forms::CountyPathOf(form).empty() ||
         std::any_of(form.fields().begin(), form.fields().end(),
                     [](const Field& field) { return field.input() == forms::v1::INPUT_NAME; });
}

// The form with the options that follow from its method.
Form Completed(Form form) {
  if (form.method().empty()) return form;
  if (NeedsCounty(form))
    Add(form, "--county", "The county's six digits; full names say it too", forms::v1::INPUT_COUNTY);
  if (forms::IsPaged(form)) {
    Add(form, "--limit", "At most this many; 0 for all", forms::v1::INPUT_COUNT).set_usual("1000");
    Add(form, "--page-token", "Go on where an earlier list was cut", forms::v1::INPUT_ASIDE);
  }
  return form;
}

// The form of one contact, or of a file of them.
Form LogOneOrAFile(const Form& one) {
  Form form = one;
  form.clear_fields();
  Add(form, "--file", "A CSV file instead", forms::v1::INPUT_FILE);
  for (const Field& field : one.fields()) {
    *form.add_fields() = field;
    form.mutable_fields()->rbegin()->set_excludes("--file");
  }
  return form;
}

const forms::v1::Forms& Own() {
  static const auto& own = *new forms::v1::Forms(forms::ReadForms(CommandsText()));
  return own;
}

}  // namespace

const std::vector<forms::v1::Group>& CommandGroups() {
  static const auto& groups = *[] {
    // Rosters come first, and what concerns the system comes last.
    auto* all = new std::vector<forms::v1::Group>(Own().groups().begin(), Own().groups().end());
    all->insert(all->begin() + 1, forms::Forms().groups().begin(), forms::Forms().groups().end());
    return all;
  }();
  return groups;
}

const std::vector<Command>& Commands() {
  static const auto& commands = *[] {
    auto* all = new std::vector<Command>;
    const Form* log = forms::FindForm("contact", "log");
    for (const Form& form : forms::Forms().forms()) {
      // `contact log` comes last: it takes a file as well, so it does not run its form alone.
      if (&form != log) all->push_back({Completed(form), &RunForm});
    }
    for (const Form& form : Own().forms()) {
      for (const auto& own : kOwn) {
        if (own.called == absl::StrCat(form.group(), " ", form.verb()))
          all->push_back({Completed(form), own.run});
      }
    }
    all->push_back({Completed(LogOneOrAFile(*log)), &LogContacts});
    return all;
  }();
  return commands;
}

}  // namespace tonghu::tonghuctl
