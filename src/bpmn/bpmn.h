/* bpmn/bpmn.h - BPMN 2.0: everything that the layers above need, in one include. */
#ifndef MANDATE_BPMN_BPMN_H
#define MANDATE_BPMN_BPMN_H

#include "bpmn/model.h"
#include "bpmn/sound.h"
#include "bpmn/step.h"
#include "bpmn/svg.h"

#endif
