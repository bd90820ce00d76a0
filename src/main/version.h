/* main/version.h - the version of the program, as `mandate --version` and the pages show it. */
#ifndef MANDATE_MAIN_VERSION_H
#define MANDATE_MAIN_VERSION_H

#define MANDATE_VERSION "0.1.0"

#endif
