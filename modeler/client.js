// Made by tool/modeler. Camunda Modeler runs this in its window and reads what stands in window.plugins.
"use strict";
window.plugins = window.plugins || [];
window.plugins.push({ type: "bpmn.cloud.modeler.moddleExtension", plugin: {"name":"Mandate","prefix":"mandate","uri":"https://mandate.example/bpmn/1","xml":{"tagAlias":"lowerCase"},"associations":[],"types":[{"name":"Name","superClass":["Element"],"meta":{"allowedIn":["bpmn:FlowNode","bpmn:Process","bpmn:Lane"]},"properties":[{"name":"lang","isAttr":true,"type":"String"},{"name":"text","isBody":true,"type":"String"}]},{"name":"Clock","superClass":["Element"],"meta":{"allowedIn":["bpmn:FlowNode"]},"properties":[{"name":"id","isAttr":true,"type":"String"},{"name":"action","isAttr":true,"type":"String"},{"name":"at","isAttr":true,"type":"String"},{"name":"from","isAttr":true,"type":"String"}]},{"name":"Letter","superClass":["Element"],"meta":{"allowedIn":["bpmn:FlowNode"]},"properties":[{"name":"id","isAttr":true,"type":"String"},{"name":"to","isAttr":true,"type":"String"}]},{"name":"Status","superClass":["Element"],"meta":{"allowedIn":["bpmn:FlowNode"]},"properties":[{"name":"value","isAttr":true,"type":"String"}]},{"name":"Basis","superClass":["Element"],"meta":{"allowedIn":["bpmn:FlowNode","bpmn:Process"]},"properties":[{"name":"law","isAttr":true,"type":"String"},{"name":"article","isAttr":true,"type":"String"}]},{"name":"SeparateFrom","superClass":["Element"],"meta":{"allowedIn":["bpmn:UserTask"]},"properties":[{"name":"tasks","isAttr":true,"type":"String"}]},{"name":"Purpose","superClass":["Element"],"meta":{"allowedIn":["bpmn:UserTask","bpmn:ServiceTask","bpmn:SendTask"]},"properties":[{"name":"fields","isAttr":true,"type":"String"},{"name":"why","isAttr":true,"type":"String"},{"name":"why.zh","isAttr":true,"type":"String"},{"name":"why.en","isAttr":true,"type":"String"}]},{"name":"Outcome","superClass":["Element"],"meta":{"allowedIn":["bpmn:UserTask"]},"properties":[{"name":"value","isAttr":true,"type":"String"},{"name":"adverse","isAttr":true,"type":"String"},{"name":"reasons","isAttr":true,"type":"String"},{"name":"label","isAttr":true,"type":"String"},{"name":"label.zh","isAttr":true,"type":"String"},{"name":"label.en","isAttr":true,"type":"String"}]},{"name":"Applicant","superClass":["Element"],"meta":{"allowedIn":["bpmn:UserTask","bpmn:ReceiveTask","bpmn:IntermediateCatchEvent","bpmn:EventBasedGateway"]},"properties":[]},{"name":"Adverse","superClass":["Element"],"meta":{"allowedIn":["bpmn:EndEvent"]},"properties":[]},{"name":"Remedy","superClass":["Element"],"meta":{"allowedIn":["bpmn:EndEvent"]},"properties":[{"name":"code","isAttr":true,"type":"String"}]},{"name":"Result","superClass":["Element"],"meta":{"allowedIn":["bpmn:EndEvent"]},"properties":[{"name":"register","isAttr":true,"type":"String"}]},{"name":"Post","superClass":["Element"],"meta":{"allowedIn":["bpmn:Lane"]},"properties":[{"name":"name","isAttr":true,"type":"String"},{"name":"organ","isAttr":true,"type":"String"}]},{"name":"ResultVariable","extends":["bpmn:UserTask"],"properties":[{"name":"result","isAttr":true,"type":"String"}]}]} });

// The editor offers to take an applied template away from every element, and looks for the element among
// those that can be replaced by another. A lane cannot, and there that search fails (bpmn-js-element-templates
// 2.28 to 2.37), so that the panel of a lane with a template stays empty. A lane is not asked about.
function MandateLanes(injector) {
  const provider = injector.get("removeTemplateReplaceProvider", false);
  if (!provider) return;
  const entries = provider.getPopupMenuEntries;
  provider.getPopupMenuEntries = function (target) {
    const lane = target && target.type === "bpmn:Lane";
    return lane ? (menu) => menu : entries.call(this, target);
  };
}
MandateLanes.$inject = ["injector"];
window.plugins.push({
  type: "bpmn.cloud.modeler.additionalModules",
  plugin: { __init__: ["mandateLanes"], mandateLanes: ["type", MandateLanes] },
});
