// The parts that Forms() is put together from, a service's each.
#pragma once

#include <vector>

#include "libs/forms/form.h"

namespace tonghu::forms {

std::vector<Form> RegistryForms();
std::vector<Form> PairingForms();
std::vector<Form> AlertsForms();

}  // namespace tonghu::forms
