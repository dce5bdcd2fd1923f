/** What readers of the API see: resources that people wrote and those that live, in one order. */
package dev.meshagent.controller.catalog;
