//! Names, colours and logos (ID-BRD-01); the shared bar (ID-SET-70).

use super::{
    Kind::{Bool, OptStr, Str, Strs},
    Setting, s,
};

#[rustfmt::skip]
pub(super) const BRANDING: &[Setting] = &[
    s("BRANDING_SERVICE_NAME", Str, "'Synnefo'", "Name of the service in titles, texts and mails"),
    s("BRANDING_SERVICE_URL", Str, "'http://www.synnefo.org/'", "Where the service's name leads"),
    s("BRANDING_COMPANY_NAME", Str, "'GRNET'", "Name of the company in the footer and mails"),
    s("BRANDING_COMPANY_URL", Str, "'https://www.grnet.gr/en/'", "Where the company's name leads"),
    s("BRANDING_ACCENT_COLOR", Str, "'#2f6fde'", "The one colour of buttons, links and highlights, #rrggbb"),
    s("BRANDING_IMAGE_MEDIA_URL", OptStr, "None", "Base address of all images; None: MEDIA_URL + 'branding/images/'"),
    s("BRANDING_FAVICON_URL", OptStr, "None", "Icon of the browser's tab; None: favicon.ico at the base"),
    s("BRANDING_CLOUDBAR_HOME_URL", OptStr, "None", "Home icon of the bar; None: cloudbar_home.png at the base"),
    s("BRANDING_DASHBOARD_LOGO_URL", OptStr, "None", "Logo of identity pages; None: dashboard_logo.png at the base"),
    s("BRANDING_COMPUTE_LOGO_URL", OptStr, "None", "Logo of compute pages; None: compute_logo.png at the base"),
    s("BRANDING_CONSOLE_LOGO_URL", OptStr, "None", "Logo of the console window; None: console_logo.png at the base"),
    s("BRANDING_STORAGE_LOGO_URL", OptStr, "None", "Logo of storage pages; None: storage_logo.png at the base"),
    s("BRANDING_DASHBOARD_URL", OptStr, "None", "Older name of BRANDING_DASHBOARD_LOGO_URL"),
    s("BRANDING_COMPUTE_URL", OptStr, "None", "Older name of BRANDING_COMPUTE_LOGO_URL"),
    s("BRANDING_CONSOLE_URL", OptStr, "None", "Older name of BRANDING_CONSOLE_LOGO_URL"),
    s("BRANDING_STORAGE_URL", OptStr, "None", "Older name of BRANDING_STORAGE_LOGO_URL"),
    s("BRANDING_SHOW_COPYRIGHT", Bool, "False", "Show the copyright message in the footer"),
    s("BRANDING_COPYRIGHT_MESSAGE", OptStr, "None", "That message; None: Copyright (c) 2011-<this year> <company name>."),
    s("BRANDING_FOOTER_EXTRA_MESSAGE", Str, "''", "HTML above it in the footer"),
    s("BRANDING_FONTS_CSS_URLS", Strs, "[]", "Style sheets loaded before the own ones"),
    s("BRANDING_SYNNEFO_VERSION", OptStr, "None", "Version in the footer; None: this program's"),
    s("BRANDING_SUPPORT", OptStr, "None", "Support address in texts; None: CONTACT_EMAIL"),
];

#[rustfmt::skip]
pub(super) const CLOUDBAR: &[Setting] = &[
    s("CLOUDBAR_ACTIVE", Bool, "True", "Show the shared bar"),
    s("CLOUDBAR_LOCATION", OptStr, "None", "Address of the bar's files; None: ASTAKOS_IM_STATIC_URL + 'cloudbar/'"),
    s("CLOUDBAR_COOKIE_NAME", Str, "'_pithos2_a'", "Cookie the bar reads"),
    s("CLOUDBAR_SERVICES_URL", OptStr, "None", "Address of the list of services; None: get_services of the dashboard"),
    s("CLOUDBAR_MENU_URL", OptStr, "None", "Address of the menu; None: get_menu of the dashboard"),
    s("CLOUDBAR_HEIGHT", Str, "'35'", "Height of the bar, pixels"),
    s("CLOUDBAR_BACKGROUND_COLOR", Str, "'#000000'", "Background of the bar"),
];
