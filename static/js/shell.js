// What every page shares. Everything works without this file; it only makes it quicker and safer.
import "./keep.js"; // before the forms: signing out asks first
import "./menus.js";
import "./dialogs.js";
import "./forms.js";
import "./toasts.js";
import "./tabs.js";
import "./keys.js";
