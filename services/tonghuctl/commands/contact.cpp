// tonghuctl contact log: one contact by its form, or a file of them.
#include "services/tonghuctl/commands/contact_batch.h"
#include "services/tonghuctl/commands/form_command.h"
#include "services/tonghuctl/exit_code.h"

namespace tonghu::tonghuctl {

void AddContactLog(Command group, Session& session, const forms::Form& form) {
  auto [command, input] = AddForm(group, session, form);
  auto path = std::make_shared<std::string>();
  const Argument file = command.AddOption("--file", *path, "A CSV file instead").ExistingFile();
  for (const forms::Field& field : form.fields) file.Excludes(command.Find(field.option));
  command.WhenTyped([&session, input = input, path] {
    session.chosen = [input, path](Session& s) {
      if (!path->empty()) return LogContactsOf(s, *path, input->county);
      if (!input->Typed("--child") || !input->Typed("--helper") || !input->Typed("--at"))
        return UsageError("--child, --helper and --at are needed, or --file");
      return RunForm(s, *input);
    };
  });
}

}  // namespace tonghu::tonghuctl
