/**
 * The bundle's entry. The import of `arrival` comes first on purpose: see there. What is mostly text comes next, so that
 * the code behind it lies close together, which compresses better (a deflate window is 32 kB).
 */
import './net/arrival.ts';
import './words/strings.ts';
import './view/styles.ts';
import './art/figure-art.ts';
import './art/icons.ts';
import { TownSquare } from './element.ts';

if (customElements.get('town-square') === undefined) customElements.define('town-square', TownSquare);
