/**
 * Inspects all installed elements; prints the number of elements and of their properties.
 *
 * @module
 */
import { inspectElement, installedElements } from "../../mod.ts";

const properties = installedElements().flatMap(({ name }) => inspectElement(name).properties);
console.log(installedElements().length, properties.length);
