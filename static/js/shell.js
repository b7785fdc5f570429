// What every page shares. Everything works without this file; it only makes it quicker and safer.
import "./menus.js";
import "./dialogs.js";
import "./forms.js";
import "./toasts.js";
import "./tabs.js";
