// The bytes of data/guizhou.csv as the assembler put them into this library.
#pragma once

#include <string_view>

namespace tonghu::division {

std::string_view GuizhouCsv();

}  // namespace tonghu::division
