/* os/os.h - everything of os/ that most of the edge needs. */
#ifndef MANDATE_OS_OS_H
#define MANDATE_OS_OS_H

#include "os/env.h"
#include "os/file.h"
#include "os/log.h"
#include "os/thread.h"

#endif
