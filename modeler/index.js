// The plugin's head for Camunda Modeler: see README.md.
"use strict";
module.exports = { name: "Mandate", script: "./client.js" };
