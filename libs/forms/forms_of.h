// The parts that Forms() is put together from, in its order.
#pragma once

#include <vector>

#include "libs/forms/form.h"

namespace tonghu::forms {

// In registry_forms.cpp.
std::vector<Form> DirectoryForms();
std::vector<Form> ChildForms();

// In pairing_forms.cpp.
std::vector<Form> PairForms();
std::vector<Form> CalendarForms();
std::vector<Form> DutyPolicyForms();
std::vector<Form> ContactForms();
std::vector<Form> DutyForms();

// In alerts_forms.cpp.
std::vector<Form> AlertForms();
std::vector<Form> SignalForms();
std::vector<Form> PolicyForms();

}  // namespace tonghu::forms
