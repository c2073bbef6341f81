#include "services/tonghuctl/command_line.h"

#include <CLI/CLI.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {
namespace {

// A command as the parser knows it.
struct Added {
  const Command& command;
  CLI::App* app;
  std::vector<CLI::Option*> options;  // in the order of the form's fields
};

void AddGlobalOptions(CLI::App& program, GlobalOptions& options) {
  program.add_option("--state", options.state, "The stack's state directory (default: var)");
  program.add_option("--endpoints", options.endpoints, "Its endpoints.json, when there is no --state")
      ->envname("TONGHU_ENDPOINTS");
  program.add_option("--timeout", options.timeout, "How long a call may take (default: 10s)");
  program.add_flag("--json", options.json, "Print one JSON document instead of tables");
  program.footer(
      "Names are given short (--child 0193... --county 520521) or in full "
      "(counties/520521/children/0193...).\n"
      "Times are RFC 3339, or \"2026-09-04 15:30\" in China's time. TONGHU_COUNTY stands in for --county.\n"
      "Exit codes: 0 done, 1 fault, 2 typed wrongly, 3 refused, 4 outage.");
}

// The parser's check of a count: nothing when the text is one, else a sentence.
std::string CountOrSentence(const std::string& text) {
  int number = 0;
  return absl::SimpleAtoi(text, &number) && number >= 0 ? "" : "should be 0 or more";
}

CLI::Option* AddField(CLI::App& app, const forms::Form& form, const forms::Field& field) {
  const std::string help = forms::HelpOf(form, field);
  if (forms::IsFlag(form, field)) return app.add_flag(field.option(), help);
  CLI::Option* option = app.add_option(field.option(), help)->type_name("TEXT");
  if (forms::IsRepeated(form, field)) option->expected(1, -1)->allow_extra_args();
  if (!field.usual().empty()) option->default_str(field.usual());
  if (field.input() == forms::v1::INPUT_DOCUMENT || field.input() == forms::v1::INPUT_FILE)
    option->check(CLI::ExistingFile);
  if (field.input() == forms::v1::INPUT_COUNT)
    option->type_name("INT")->check(CountOrSentence, "NONNEGATIVE");
  // An officer works in one county: it can be set once for the shell.
  if (field.input() == forms::v1::INPUT_COUNTY) option->envname("TONGHU_COUNTY");
  return option;
}

// Adds a command to its group, with the options of its form.
Added Add(CLI::App& group, const Command& command) {
  const forms::Form& form = command.form;
  Added added{command, group.add_subcommand(form.verb(), form.what()), {}};
  added.app->footer(absl::StrCat("Example: tonghuctl ", form.example(),
                                 "\nAlso --json, --timeout, --state and --endpoints: see tonghuctl --help."));
  for (const forms::Field& field : form.fields()) {
    CLI::Option* option = AddField(*added.app, form, field);
    option->required(field.required());
    if (!field.excludes().empty()) option->excludes(added.app->get_option(field.excludes()));
    added.options.push_back(option);
  }
  return added;
}

// What was typed for the form's fields. A usual value stands in where nothing was typed.
forms::Answers AnswersOf(const Added& added) {
  forms::Answers answers;
  for (size_t i = 0; i < added.options.size(); ++i) {
    const forms::Field& field = added.command.form.fields(static_cast<int>(i));
    const std::vector<std::string>& texts = added.options[i]->results();
    // The county is no field of its own in the request: it completes short names.
    if (field.input() == forms::v1::INPUT_COUNTY) {
      if (!texts.empty()) answers.county = texts.front();
    } else if (!texts.empty() || !field.usual().empty()) {
      answers.typed[&field] = texts.empty() ? std::vector<std::string>{field.usual()} : texts;
    }
  }
  return answers;
}

// The sentence for an error. The parser names first what is missing, though the cause is often a word that it
// could not place: a misspelt command or option.
std::string Sentence(const CLI::App& app, const CLI::ParseError& error) {
  std::string sentence = error.what();
  const std::vector<std::string> unplaced = app.remaining(/*recurse=*/true);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !unplaced.empty())
    sentence += "; not understood: " + absl::StrJoin(unplaced, " ");
  return sentence;
}

}  // namespace

absl::StatusOr<std::optional<Chosen>> Parse(int argc, const char* const* argv,
                                            const std::vector<forms::v1::Group>& groups,
                                            const std::vector<Command>& commands, GlobalOptions& options) {
  CLI::App program("Tonghu's command line for operators. `tonghuctl COMMAND --help` explains each.",
                   "tonghuctl");
  program.fallthrough();  // the program's own options may stand anywhere
  program.require_subcommand(1);
  AddGlobalOptions(program, options);
  for (const forms::v1::Group& group : groups)
    program.add_subcommand(group.name(), group.what())->require_subcommand(1);
  std::vector<Added> all;
  for (const Command& command : commands) {
    const std::string& group = command.form.group();
    all.push_back(Add(group.empty() ? program : *program.get_subcommand(group), command));
  }
  // The parser tells by exceptions, also that --help was asked for.
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help) {
    program.exit(help);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return UsageError(Sentence(program, error));
  }
  // The parser requires a command, so one of them was parsed.
  const auto typed =
      std::find_if(all.begin(), all.end(), [](const Added& added) { return added.app->parsed(); });
  return Chosen{typed->command, AnswersOf(*typed)};
}

}  // namespace tonghu::tonghuctl
