// What keeps secrets inside the process.
#pragma once

namespace couvert {

/// No core dumps, no pages in them if one is taken all the same, no debugger of the same user,
/// files for this user only. Order: first thing in main, before any thread.
void protect_process();

}  // namespace couvert
