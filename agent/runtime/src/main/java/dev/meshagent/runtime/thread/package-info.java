/**
 * The agent's own threads.
 *
 * <p>What runs between premain and the first call is written without lambdas and method references,
 * here and in the packages beside: the first of them costs a cold JVM some 10 ms and each further
 * one a class made at run time, in every process of the mesh.
 */
package dev.meshagent.runtime.thread;
