/** What holds whatever the input is: properties of the engine, tried with generated input. */
package dev.meshagent.engine.property;
