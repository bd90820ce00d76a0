/* base/banned.h - included by every compile (-include): calls that are too easy to get wrong. */
#ifndef MANDATE_BASE_BANNED_H
#define MANDATE_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atoll atof localtime gmtime asctime ctime setlocale

#endif
