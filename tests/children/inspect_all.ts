/**
 * Describes every element that is installed; prints the number of elements and of properties.
 */
import { inspectElement, installedElements } from "../../mod.ts";

const properties = installedElements().flatMap(({ name }) => inspectElement(name).properties);
console.log(installedElements().length, properties.length);
